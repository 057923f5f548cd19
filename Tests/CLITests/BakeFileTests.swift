import ComposeSpec
import JSON
import Testing

@testable import CLI
@testable import Orchestrator

@Suite struct BakeFileTests {
    private func build(_ service: String, _ change: (inout ImageBuild) -> Void = { _ in }) -> ImageBuild {
        var build = ImageBuild(
            image: service,
            definition: Service.Build(context: "/work"),
            labels: [ControlLabel.service: service]
        )
        change(&build)
        return build
    }

    private func document(_ builds: [ImageBuild]) throws -> JSONValue {
        try JSONValue(parsing: Array(BakeFile(builds).text().utf8))
    }

    @Test func `names what has dots by underscores, each otherwise, wherever the name stands`() throws {
        let document = try document([
            build("a.b"), build("a_b"), build("a.b_"),
            build("web") { $0.definition.additionalContexts = ["one": "service:a.b", "two": "service:a_b"] },
        ])
        #expect(document["group"]?["default"]?["targets"] == ["a_b_", "a_b__", "a_b", "web"])
        #expect(document["target"]?["web"]?["contexts"] == ["one": "target:a_b_", "two": "target:a_b"])
        #expect(document["target"]?["a_b_"]?["tags"] == ["a.b"])
        #expect(document["target"]?["a_b__"]?["tags"] == ["a.b_"])
    }

    @Test func `says which rights and agents a build has, and keeps variables of other programs`() throws {
        let built = build("web") { build in
            build.agents = ["default", "key=/keys/key"]
            build.definition.isPrivileged = true
            build.definition.entitlements = ["network.host"]
            build.definition.arguments = ["A": "${B} $C", "NONE": nil]
            build.definition.dockerfileInline = "RUN echo ${A}"
        }
        let target = try document([built])["target"]?["web"]
        #expect(target?["ssh"] == ["default", "key=/keys/key"])
        #expect(target?["entitlements"] == ["network.host", "security.insecure"])
        #expect(target?["args"] == ["A": "$${B} $C"])
        #expect(target?["dockerfile-inline"] == "RUN echo $${A}")
        let both = build("web") { build in
            build.definition.isPrivileged = true
            build.definition.entitlements = ["security.insecure"]
        }
        #expect(try document([both])["target"]?["web"]?["entitlements"] == ["security.insecure"])
    }
}
