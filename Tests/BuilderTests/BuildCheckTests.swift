import Dockerfile
import Images
import OCI
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct ChecksOfABuild {
    /// Makes the checks without a build: `line Rule`.
    private func check(
        _ dockerfile: String,
        in scene: BuildScene,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> [String] {
        var request = BuildRequest(context: scene.context)
        request.dockerfile = .text(dockerfile)
        change(&request)
        let checks = try Builder(root: scene.root, images: scene.images).check(request)
        return checks.findings.map { "\($0.range.start.line) \($0.rule.rawValue)" }
    }

    @Test func `are told before the first step, of the stages that are built`() throws {
        try BuildScene.with { scene in
            try scene.build("FROM scratch AS a\nCMD x\nFROM scratch\nWORKDIR w")
            let path = "Relative workdir \"w\" can have unexpected results if the base image changes"
            #expect(
                scene.story == ["found: WorkdirRelativePath: \(path) (line 4)", "[stage-1 1/1] WORKDIR w"],
                "\(scene.story)"
            )
        }
    }

    @Test func `end a build whose file wants none, and leave no image`() throws {
        try BuildScene.with { scene in
            let text = "# check=error=true\nFROM scratch\nMAINTAINER x\nCMD y"
            let error = #expect(throws: BuilderError.self) { try scene.build(text) { $0.tags = ["a"] } }
            #expect(error?.description == "lint violation found for rules: JSONArgsRecommended, MaintainerDeprecated")
            #expect(try scene.images.list().isEmpty)
            try scene.build(text) { $0.arguments["BUILDKIT_DOCKERFILE_CHECK"] = "skip=MaintainerDeprecated" }
            #expect(scene.story.count == 1, "\(scene.story)")
            let refused = #expect(throws: BuilderError.self) {
                try scene.build(text) { $0.arguments["BUILDKIT_DOCKERFILE_CHECK"] = "jump" }
            }
            #expect(refused?.description == "BUILDKIT_DOCKERFILE_CHECK: invalid check option \"jump\"")
        }
    }

    @Test func `know the images that are here, and what the context leaves out`() throws {
        try BuildScene.with { scene in
            try scene.write("kept", "")
            try scene.write(".dockerignore", "gone\n")
            try scene.build("FROM scratch\nENV A=1\nSHELL [\"/sh\"]\nONBUILD WORKDIR x") { $0.tags = ["base"] }
            #expect(try check("FROM base\nCOPY $A /\nCMD x", in: scene) == ["1 WorkdirRelativePath"])
            #expect(try check("FROM other\nCOPY $A /", in: scene) == ["2 UndefinedVar"])
            #expect(try check("FROM scratch\nCOPY gone kept /", in: scene) == ["2 CopyIgnoredFile"])
            let named = try check("FROM other\nCOPY $A /", in: scene) { $0.namedContexts["other"] = .image("base") }
            #expect(named == ["1 WorkdirRelativePath"])
            #expect(try scene.images.list().count == 1)
        }
    }

    @Test func `look at every stage, or at those that the target needs`() throws {
        try BuildScene.with { scene in
            let text = "FROM scratch AS a\nCMD x\nFROM scratch AS b\nCMD x\nFROM b\nCMD x"
            let rule = "JSONArgsRecommended"
            let all = try check(text, in: scene)
            #expect(all == ["2 \(rule)", "4 \(rule)", "6 \(rule)"])
            let needed = try check(text, in: scene) { $0.target = "b" }
            #expect(needed == ["4 \(rule)"])
        }
    }
}
