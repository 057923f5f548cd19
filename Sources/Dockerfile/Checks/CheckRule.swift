/// The build checks, by the names that BuildKit gave them.
public enum CheckRule: String, CaseIterable, Hashable, Sendable {
    case stageNameCasing = "StageNameCasing"
    case fromAsCasing = "FromAsCasing"
    case noEmptyContinuation = "NoEmptyContinuation"
    case consistentInstructionCasing = "ConsistentInstructionCasing"
    case duplicateStageName = "DuplicateStageName"
    case reservedStageName = "ReservedStageName"
    case jsonArgsRecommended = "JSONArgsRecommended"
    case maintainerDeprecated = "MaintainerDeprecated"
    case undefinedArgInFrom = "UndefinedArgInFrom"
    case workdirRelativePath = "WorkdirRelativePath"
    case undefinedVar = "UndefinedVar"
    case multipleInstructionsDisallowed = "MultipleInstructionsDisallowed"
    case legacyKeyValueFormat = "LegacyKeyValueFormat"
    case invalidBaseImagePlatform = "InvalidBaseImagePlatform"
    case redundantTargetPlatform = "RedundantTargetPlatform"
    case secretsUsedInArgOrEnv = "SecretsUsedInArgOrEnv"
    case invalidDefaultArgInFrom = "InvalidDefaultArgInFrom"
    case fromPlatformFlagConstDisallowed = "FromPlatformFlagConstDisallowed"
    case copyIgnoredFile = "CopyIgnoredFile"
    case invalidDefinitionDescription = "InvalidDefinitionDescription"
    case exposeProtoCasing = "ExposeProtoCasing"
    case exposeInvalidFormat = "ExposeInvalidFormat"
}

extension CheckRule {
    /// Whether it is looked at only where a file asks for it.
    public var isExperimental: Bool { self == .invalidDefinitionDescription }

    /// Where it is explained; nil for the one that is explained nowhere.
    public var url: String? {
        guard self != .invalidBaseImagePlatform else { return nil }
        return "https://docs.docker.com/go/dockerfile/rule/\(kebab)/"
    }

    /// The name in small letters, a dash before each word: `json-args-recommended`.
    private var kebab: String {
        let letters = Array(rawValue)
        var name = ""
        for (index, letter) in letters.enumerated() {
            let beginsWord = letter.isUppercase && index > 0
            let endsCapitals = index + 1 < letters.count && letters[index + 1].isLowercase
            if beginsWord, letters[index - 1].isLowercase || endsCapitals { name += "-" }
            name += letter.lowercased()
        }
        return name
    }

    /// What it asks for.
    public var summary: String { Self.summaries[self] ?? "" }

    private static let summaries: [CheckRule: String] = [
        .stageNameCasing: "Stage names should be lowercase",
        .fromAsCasing: "The 'as' keyword should match the case of the 'from' keyword",
        .noEmptyContinuation: "Empty continuation lines will become errors in a future release",
        .consistentInstructionCasing:
            "All commands within the Dockerfile should use the same casing (either upper or lower)",
        .duplicateStageName: "Stage names should be unique",
        .reservedStageName: "Reserved words should not be used as stage names",
        .jsonArgsRecommended:
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
        .maintainerDeprecated:
            "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
        .undefinedArgInFrom: "FROM command must use declared ARGs",
        .workdirRelativePath:
            "Relative workdir without an absolute workdir declared within the build can have unexpected results if the "
            + "base image changes",
        .undefinedVar: "Variables should be defined before their use",
        .multipleInstructionsDisallowed:
            "Multiple instructions of the same type should not be used in the same stage",
        .legacyKeyValueFormat: "Legacy key/value format with whitespace separator should not be used",
        .invalidBaseImagePlatform: "Base image platform does not match expected target platform",
        .redundantTargetPlatform:
            "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
        .secretsUsedInArgOrEnv: "Sensitive data should not be used in the ARG or ENV commands",
        .invalidDefaultArgInFrom: "Default value for global ARG results in an empty or invalid base image name",
        .fromPlatformFlagConstDisallowed: "FROM --platform flag should not use a constant value",
        .copyIgnoredFile: "Attempting to Copy file that is excluded by .dockerignore",
        .invalidDefinitionDescription:
            "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is "
            + "not intended to be a description comment, add an empty line or comment between the instruction and the "
            + "comment.",
        .exposeProtoCasing: "Protocol in EXPOSE instruction should be lowercase",
        .exposeInvalidFormat:
            "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a "
            + "future release",
    ]
}
