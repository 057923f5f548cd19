import JSON
import Linux
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct Provenances {
    /// What is said of how a build with a folder for its result was made.
    private func predicate(
        _ scene: BuildScene,
        _ text: String,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> JSONValue {
        let result = try scene.result(text) {
            $0.provenance = .on(ProvenanceWish())
            $0.outputs = [.folder(scene.root.data.appending("out"), isSplit: nil)]
            change(&$0)
        }
        return try #require(result.provenance[.host])
    }

    private func isComplete(_ predicate: JSONValue) -> JSONValue? {
        predicate["runDetails"]?["metadata"]?["buildkit_completeness"]?["resolvedDependencies"]
    }

    @Test func `name the commits and files that were fetched, without who asked for them`() throws {
        try BuildScene.with { scene in
            let git = try GitServer(scene.root.data.appending("repositories"))
            try git.shell(
                "cd shop.git && printf 'FROM scratch\\nCOPY file /' > Dockerfile && git add -A && git commit -qm c"
            )
            let web = try ScriptedServer { _ in .init(body: Array("hello".utf8)) }
            let commit = try git.object("main")
            let address = git.url.replacing("http://", with: "http://ada:hushed@")
            let built = try predicate(scene, "") {
                $0.dockerfile = nil
                $0.origin = .reference("\(address)#main")
            }
            let source: JSONValue = ["uri": .string("\(git.url)#main"), "digest": ["sha1": .string(commit)]]
            let definition = built["buildDefinition"]
            #expect(definition?["externalParameters"]?["configSource"]?["uri"] == source["uri"])
            #expect(definition?["externalParameters"]?["configSource"]?["digest"] == source["digest"])
            #expect(definition?["resolvedDependencies"] == [source])
            #expect(isComplete(built) == true)

            let url = "http://\(web.host)/f"
            let added = try predicate(scene, "FROM scratch\nADD \(url.replacing("//", with: "//ada:hushed@")) /\n")
            let sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
            #expect(
                added["buildDefinition"]?["resolvedDependencies"]
                    == [["uri": .string(url), "digest": ["sha256": .string(sum)]]]
            )
            #expect(isComplete(added) == true)
            #expect(!String(decoding: built.bytes() + added.bytes(), as: UTF8.self).contains("hushed"))
        }
    }

    @Test func `name what came from this machine, and where the Dockerfile was fetched`() throws {
        try BuildScene.with { scene in
            let text = "FROM scratch\nWORKDIR /w\n"
            let git = try GitServer(scene.root.data.appending("repositories"))
            try git.shell("cd shop.git && printf '\(text)' > Dockerfile && git add -A && git commit -qm c")
            let web = try ScriptedServer { _ in .init(body: Array(text.utf8)) }
            let page = "http://\(web.host)/f"
            func asked(_ change: (inout BuildRequest) -> Void) throws -> (uri: JSONValue?, locals: JSONValue?) {
                let built = try predicate(scene, text, change)["buildDefinition"]?["externalParameters"]
                return (built?["configSource"]?["uri"], built?["request"]?["locals"])
            }
            let (context, dockerfile): (JSONValue, JSONValue) = (["name": "context"], ["name": "dockerfile"])
            let rows: [(String?, JSONValue?, (inout BuildRequest) -> Void)] = [
                (nil, [context, dockerfile], { _ in }), (page, [context], { $0.dockerfile = .web(page) }),
                (git.url, nil, { ($0.dockerfile, $0.origin) = (nil, .reference(git.url)) }),
                (git.url, nil, { ($0.dockerfile, $0.origin) = (.file("Dockerfile"), .reference(git.url)) }),
                (nil, [dockerfile], { $0.origin = .reference(git.url) }),
                (page, nil, { ($0.dockerfile, $0.origin) = (.web(page), .reference(git.url)) }),
                (page, nil, { ($0.dockerfile, $0.origin) = (nil, .reference(page)) }),
            ]
            for (index, (uri, locals, change)) in rows.enumerated() {
                let said = try asked(change)
                #expect(said.uri == uri.map { .string($0) }, "row \(index)")
                #expect(said.locals == locals, "row \(index)")
            }
        }
    }

    @Test func `name an image of a layout as its context, and of the platform that was taken`() throws {
        try BuildScene.with { scene in
            let layout = scene.root.data.appending("layout")
            let platforms = ["linux/amd64", "linux/s390x"]
            var archive = BuildOutput.Archive(.file(layout))
            archive.isFolder = true
            _ = try scene.result("FROM scratch\nARG TARGETARCH\nWORKDIR /$TARGETARCH\n") {
                $0.platforms = platforms
                $0.outputs = [.archive(ImageWishes(), archive)]
                $0.provenance = .off
            }
            let result = try scene.result("FROM other\n") {
                ($0.platforms, $0.namedContexts) = (platforms, ["other": .layout(layout, nil)])
                ($0.provenance, $0.outputs) = (
                    .on(ProvenanceWish()), [.folder(scene.root.data.appending("out"), isSplit: nil)]
                )
            }
            for platform in platforms {
                let built = result.provenance[try Platform(parsing: platform)]
                guard case .array(let dependencies)? = built?["buildDefinition"]?["resolvedDependencies"],
                    dependencies.count == 1, case .string(let sum)? = dependencies[0]["digest"]?["sha256"]
                else {
                    Issue.record("\(built.map { "\($0)" } ?? "nothing")")
                    continue
                }
                let kind = platform.replacing("/", with: "%2F")
                #expect(dependencies[0]["uri"] == .string("pkg:oci/other?digest=sha256%3A\(sum)&platform=\(kind)"))
                #expect(try FileStatus.of(layout.pushing(FilePath("blobs/sha256/\(sum)"))) != nil)
            }
        }
    }

    @Test(arguments: [
        ("COPY f /", false), ("ADD f /", false), ("COPY <<f /\nf\n", true), ("COPY --from=folder f /", false),
        ("WORKDIR /w", true),
    ])
    func `say whether all that an image is made of has a sum`(instruction: String, isComplete: Bool) throws {
        try BuildScene.with { scene in
            try scene.write("f", "f")
            let built = try predicate(scene, "FROM scratch\n\(instruction)\n") {
                $0.namedContexts = ["folder": .folder($0.context)]
            }
            #expect(self.isComplete(built) == .bool(isComplete))
        }
    }
}
