import OCI
import Testing

@testable import CLI

@Suite struct IndexSourceTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private func sources(_ texts: [String], targets: [String] = []) throws -> [IndexSource] {
        try IndexSource.sources(
            texts.map { try IndexSource.Wish(parsing: $0) },
            targets: targets.map { try ImageReference(parsing: $0) }
        )
    }

    @Test func `are references, digests of the only repository, and descriptors`() throws {
        #expect(try sources(["web"]).map(\.reference.description) == ["docker.io/library/web:latest"])
        let found = try sources(
            [Self.digest, #"{"digest":"\#(Self.digest)","platform":{"os":"linux","architecture":"arm64"}}"#],
            targets: ["web:1", "web:2"]
        )
        #expect(found.map(\.reference.familiar) == ["web@\(Self.digest)", "web@\(Self.digest)"])
        #expect(found.map(\.descriptor?.platform) == [nil, Platform(os: "linux", architecture: "arm64")])
        #expect(try sources([Self.digest, "web:1"]).first?.reference.familiar == "web@\(Self.digest)")
    }

    @Test func `have to say which repository is meant`() throws {
        #expect(throws: UsageError.conflict("no repositories specified")) { try sources([Self.digest]) }
        let problem = "multiple repositories specified, cannot infer repository for \(Self.digest)"
        #expect(throws: UsageError.conflict(problem)) { try sources([Self.digest, "one"], targets: ["two"]) }
    }

    @Test(arguments: ["Foo", "sha256:a", "{", #"{"mediaType":"a"}"#])
    func `are nothing else`(text: String) {
        #expect(throws: (any Error).self) { try IndexSource.Wish(parsing: text) }
    }
}
