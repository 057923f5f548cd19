import Dockerfile
import OCI
import Testing

/// What the checks find, each as `line Rule: detail`.
private func findings(
    _ text: String,
    given: [String: String] = [:],
    ignoring patterns: [String] = [],
    settings: CheckSettings? = nil
) throws -> [String] {
    let document = try document(text)
    let platform = Platform(os: "linux", architecture: "amd64")
    let surroundings = CheckSurroundings(
        variables: try GlobalVariables(
            document,
            given: given,
            platform: ["TARGETPLATFORM": "linux/amd64", "BUILDPLATFORM": "linux/amd64", "TARGETARCH": "amd64"]
        ),
        platform: platform,
        ignored: try IgnorePatterns(patterns)
    ) { name, _ in
        switch name {
        case "base":
            .init(
                platform: platform,
                environment: [Pair(name: "FROM_BASE", value: "w")],
                namesShell: false,
                triggers: []
            )
        case "shell": .init(platform: platform, environment: [], namesShell: true, triggers: ["COPY $GONE /"])
        case "foreign":
            .init(
                platform: Platform(os: "linux", architecture: "arm64"),
                environment: [],
                namesShell: false,
                triggers: []
            )
        default: nil
        }
    }
    return try document.findings(in: surroundings, settings: settings ?? document.checkSettings)
        .map { "\($0.range.start.line) \($0.rule.rawValue): \($0.detail)" }
}

@Suite struct BuildChecks {
    @Test(arguments: [
        ("FROM a AS BadName", "1 StageNameCasing: Stage name 'BadName' should be lowercase"),
        ("FROM a as b", "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match"),
        ("from a AS b", "1 FromAsCasing: 'AS' and 'from' keywords' casing do not match"),
        ("FROM a\nCOPY w \\\n\n# note\n  y", "5 NoEmptyContinuation: Empty continuation line"),
        (
            "FROM a\nUSER b\nuser c",
            "3 ConsistentInstructionCasing: Command 'user' should match the case of the command majority (uppercase)"
        ),
        (
            "from a\nuser b\nUser c",
            "3 ConsistentInstructionCasing: Command 'User' should match the case of the command majority (lowercase)"
        ),
        ("FROM a AS b\nFROM c AS b", "2 DuplicateStageName: Duplicate stage name \"b\", stage names should be unique"),
        (
            "FROM a AS scratch",
            "1 ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\""
        ),
        (
            "FROM a\nCMD run it",
            "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"
        ),
        (
            "from a\nentrypoint run it",
            "2 JSONArgsRecommended: JSON arguments recommended for entrypoint to prevent unintended behavior related to OS "
                + "signals"
        ),
        (
            "FROM a\nMAINTAINER me",
            "2 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
        ),
        (
            "ARG VERSION=1\nFROM a:${VERSIO}1",
            "2 UndefinedArgInFrom: FROM argument 'VERSIO' is not declared (did you mean VERSION?)"
        ),
        (
            "FROM a\nWORKDIR x/y",
            "2 WorkdirRelativePath: Relative workdir \"x/y\" can have unexpected results if the base image changes"
        ),
        ("FROM a\nARG name\nCOPY $nam .", "3 UndefinedVar: Usage of undefined variable '$nam'"),
        ("FROM a\nENV name=1\nCOPY $nam .", "3 UndefinedVar: Usage of undefined variable '$nam' (did you mean $name?)"),
        ("FROM a\nCOPY <<E /f\n$gone\nE", "2 UndefinedVar: Usage of undefined variable '$gone'"),
        ("FROM a\nARG b=$gone", "2 UndefinedVar: Usage of undefined variable '$gone'"),
        ("FROM base\nENV b=${FROM_BASE:-$gone}", "2 UndefinedVar: Usage of undefined variable '$gone'"),
        ("FROM shell", "1 UndefinedVar: Usage of undefined variable '$GONE'"),
        (
            "FROM a\nCMD [\"x\"]\nUSER b\nCMD [\"y\"]",
            "2 MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only "
                + "the last one will be used"
        ),
        (
            "FROM a\nENV name the value",
            "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format"
        ),
        (
            "FROM a\nLABEL key value",
            "2 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format"
        ),
        (
            "FROM foreign",
            "1 InvalidBaseImagePlatform: Base image foreign was pulled with platform \"linux/arm64\", expected "
                + "\"linux/amd64\" for current build"
        ),
        (
            "FROM --platform=${TARGETPLATFORM} a",
            "1 RedundantTargetPlatform: Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is "
                + "the default behavior"
        ),
        (
            "FROM a\nARG API_TOKEN",
            "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"API_TOKEN\")"
        ),
        (
            "FROM a\nENV user=me db_Password=x",
            "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ENV \"db_Password\")"
        ),
        (
            "ARG TAG\nFROM a:$TAG",
            "2 InvalidDefaultArgInFrom: Default value for ARG a:$TAG results in empty or invalid base image name"
        ),
        (
            "FROM --platform=linux/arm64 a AS b",
            "1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/arm64\""
        ),
        (
            "FROM a\nCOPY ./x/y /",
            "2 CopyIgnoredFile: Attempting to Copy file \"x/y\" that is excluded by .dockerignore"
        ),
        ("FROM a\nADD x /", "2 CopyIgnoredFile: Attempting to Add file \"x\" that is excluded by .dockerignore"),
        (
            "FROM a\nEXPOSE 80/TcP",
            "2 ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"
        ),
        (
            "FROM a\nEXPOSE 127.0.0.1:80:81",
            "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found "
                + "'127.0.0.1:80:81'"
        ),
    ])
    func `say what is likely wrong`(text: String, expected: String) throws {
        let given = text.contains("$TAG") ? ["TAG": "1"] : [:]
        #expect(try findings(text, given: given, ignoring: ["x", "z", "!z/keep"]) == [expected])
    }

    @Test(arguments: [
        "FROM a AS good", "from a as b", "FROM a\nRUN x \\\n# note\n  y", "FROM a\nONBUILD run x",
        "FROM a AS b\nFROM b AS c",
        "FROM a\nCMD [\"x\"]\nHEALTHCHECK CMD x", "FROM shell\nARG GONE\nCMD x", "FROM a\nSHELL [\"/bin/sh\"]\nCMD x",
        "ARG V=1\nFROM a:$V", "FROM a\nWORKDIR /x\nWORKDIR y", "FROM a AS b\nWORKDIR /x\nFROM b\nWORKDIR y",
        "FROM base\nCOPY $FROM_BASE .", "FROM a\nENV PATH=/x:$PATH", "FROM a\nCOPY <<'E' /f\n$gone\nE",
        "FROM a\nRUN $gone",
        "FROM a\nARG b\nENV c=$b", "FROM a AS b\nARG c=1\nFROM b\nCOPY $c .",
        "FROM a AS b\nCMD [\"x\"]\nFROM b\nCMD [\"y\"]",
        "FROM a\nENV k=\"a b\" l=c", "FROM --platform=linux/arm64 foreign AS foreign-arm64",
        "FROM --platform=$BUILDPLATFORM a", "FROM --platform=linux/arm64 a AS b-arm64",
        "FROM a\nARG PUBLIC_KEY TOKEN_FILE",
        "FROM a\nENV MONKEY=1", "FROM a\nCOPY w /", "FROM a\nCOPY z /", "FROM a\nCOPY . /", "FROM a\nCOPY --from=b x /",
        "FROM a\nADD https://x/x /", "FROM a\nEXPOSE 80/tcp 53-54/udp", "# what it is\nFROM a AS b", "FROM scratch",
    ])
    func `are silent where nothing is wrong`(text: String) throws {
        if text.contains("GONE") { return #expect(try findings(text).map { $0.prefix(14) } == ["1 UndefinedVar"]) }
        #expect(try findings(text, ignoring: ["x", "z", "!z/keep"]) == [])
    }

    @Test func `find a context of which nothing is left`() throws {
        let finding = "2 CopyIgnoredFile: Attempting to Copy file \".\" that is excluded by .dockerignore"
        #expect(try findings("FROM a\nCOPY . /", ignoring: ["**"]) == [finding])
        #expect(try findings("FROM a\nCOPY . /", ignoring: ["**", "!src"]) == [])
    }

    @Test(arguments: [
        (
            "# describes it\nFROM a AS b",
            "2 InvalidDefinitionDescription: Comment for FROM should follow the format: `# b <description>`"
        ),
        (
            "FROM a\n# describes both\nARG b c",
            "3 InvalidDefinitionDescription: Comment for ARG should follow the format: `# <arg_key> <description>`"
        ),
        ("# b is it\nFROM a AS b", nil),
        (
            "# b is it\n# and more\nFROM a AS b\n\nUSER x",
            "3 InvalidDefinitionDescription: Comment for FROM should follow the format: `# b <description>`"
        ),
        ("# note\n\nFROM a AS b", nil), ("# note\n#\nFROM a AS b", nil), ("# note\nFROM a", nil),
    ])
    func `look at descriptions where they are asked to`(text: String, expected: String?) throws {
        let settings = try CheckSettings(parsing: "experimental=all")
        #expect(try findings(text, settings: settings) == [expected].compactMap(\.self))
        #expect(
            try findings("# check=experimental=InvalidDefinitionDescription\n\n" + text).count
                == (expected == nil ? 0 : 1)
        )
        #expect(try findings(text) == [])
    }

    @Test(arguments: [
        ("# check=skip=MaintainerDeprecated\nFROM a\nMAINTAINER b\nCMD c", ["4 JSONArgsRecommended"]),
        ("# check=skip=MaintainerDeprecated, JSONArgsRecommended;error=true\nFROM a\nMAINTAINER b\nCMD c", []),
        ("#check = skip=all\nFROM a\nMAINTAINER b\nCMD c", []),
        ("FROM a\n# check=skip=MaintainerDeprecated\nMAINTAINER b\nCMD c", ["4 JSONArgsRecommended"]),
        ("FROM a\n# why\n# check=skip=all it has to be\nMAINTAINER b\nCMD c", ["5 JSONArgsRecommended"]),
        ("FROM a\n# check=skip=MaintainerDeprecated\n\nMAINTAINER b", ["4 MaintainerDeprecated"]),
        ("FROM a\n# check=what\nMAINTAINER b", ["3 MaintainerDeprecated"]),
    ])
    func `are skipped where the file says so`(text: String, expected: [String]) throws {
        #expect(try findings(text).map { String($0.prefix { $0 != ":" }) } == expected)
    }

    @Test(arguments: [
        ("skip", "invalid check option \"skip\""), ("jump=all", "invalid check option \"jump\""),
        ("error=perhaps", "invalid check option \"error=perhaps\""), ("skip=all;", "invalid check option \"\""),
    ])
    func `refuse settings that mean nothing`(text: String, expected: String) throws {
        let problem = #expect(throws: DockerfileProblem.self) { try CheckSettings(parsing: text) }
        #expect(problem?.description == expected)
        let error = #expect(throws: DockerfileError.self) {
            try document("# escape=`\n# check=\(text)\nFROM a").checkSettings
        }
        #expect(error?.description == "Dockerfile:2:1: \(expected)")
    }

    @Test func `tell whether findings are errors`() throws {
        #expect(try CheckSettings(parsing: " skip=A ; error = true ").areErrors)
        #expect(try !CheckSettings(parsing: "").areErrors)
    }

    @Test func `are 22, each explained somewhere but for one`() {
        #expect(CheckRule.allCases.count == 22)
        #expect(CheckRule.allCases.allSatisfy { !$0.summary.isEmpty })
        #expect(CheckRule.allCases.filter { $0.url == nil } == [.invalidBaseImagePlatform])
        let page = "https://docs.docker.com/go/dockerfile/rule/"
        #expect(CheckRule.jsonArgsRecommended.url == page + "json-args-recommended/")
        #expect(CheckRule.secretsUsedInArgOrEnv.url == page + "secrets-used-in-arg-or-env/")
    }

    @Test func `look at no other stages than they are told to`() throws {
        let document = try document("FROM a AS b\nMAINTAINER x\nFROM c\nMAINTAINER y")
        let variables = try GlobalVariables(document, given: [:], platform: [:])
        let surroundings = CheckSurroundings(variables: variables, platform: .host, stages: [1])
        #expect(document.findings(in: surroundings, settings: CheckSettings()).map(\.range.start.line) == [4])
    }
}
