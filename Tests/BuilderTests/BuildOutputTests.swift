import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct BuildOutputs {
    @Test func `give no rights in the name of users and groups that files leave`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "f")
            let text = """
                FROM scratch
                COPY --chown=0:0 --chmod=6755 f /kept
                COPY --chown=0:34 --chmod=6755 f /group
                COPY --chown=12:0 --chmod=6755 f /owner
                """
            let folder = scene.context.appending("out")
            _ = try scene.result(text) { $0.outputs = [.folder(folder, isSplit: nil)] }
            let modes = try ["kept", "group", "owner"].map { try FileStatus.of(folder.appending($0))?.mode }
            #expect(modes == [0o6755, 0o4755, 0o755])
        }
    }

    @Test(arguments: ["index:a=b", "index[linux/arm64]:a=b", "manifest,index-descriptor:a=b"])
    func `with annotations of an index are refused before anything is built`(annotation: String) throws {
        try BuildScene.with { scene in
            let error = #expect(throws: BuilderError.self) {
                try scene.build("FROM scratch\nWORKDIR /w") {
                    $0.annotations = (try? AnnotationWish.parse(annotation)) ?? []
                }
            }
            #expect(error?.description == "index annotations not supported for single platform export")
            #expect(scene.story == [])
        }
    }

    @Test func `have annotations with a type before each colon and comma`() throws {
        #expect(try AnnotationWish.parse("manifest,manifest-descriptor:a=b").map(\.level.rawValue).count == 2)
        for text in [":a=b", "manifest,:a=b", ",manifest:a=b"] {
            #expect(throws: BuilderError.self, "\(text)") { try AnnotationWish.parse(text) }
        }
    }
}

@Suite struct FlagTexts {
    @Test(
        arguments: [
            ("1", true), ("t", true), ("T", true), ("TRUE", true), ("true", true), ("True", true), ("0", false),
            ("f", false), ("F", false), ("FALSE", false), ("false", false), ("False", false), ("", nil), ("yes", nil),
            ("tRUE", nil), ("2", nil),
        ] as [(String, Bool?)]
    )
    func `are true and false in the words that Go reads`(text: String, expected: Bool?) throws {
        #expect(Bool(flag: text) == expected)
        var request = BuildRequest(context: "/")
        request.arguments["BUILDKIT_INLINE_CACHE"] = text
        #expect(request.hasInlineCache == (expected ?? false))
        let usual = try? ProvenanceSetting(withoutUsual: text)
        #expect(usual == expected.map { $0 ? .off : .usual })
        let setting = try? ProvenanceSetting(parsing: "disabled=\(text)")
        #expect(setting == (text.isEmpty ? true : expected).map { $0 ? .off : .on(ProvenanceWish()) })
    }
}

@Suite(.tags(.root), .requiresRoot) struct BuildCacheExchange {
    private static let text = "FROM scratch\nWORKDIR /one\nWORKDIR /two\n"

    /// Forgets all that was built, but for the images.
    private func forget(_ scene: BuildScene) throws {
        var all = CacheRule()
        all.includesShared = true
        try CacheStore(root: scene.root, images: scene.images).prune(all)
    }

    @Test func `takes what an image of this machine carries, without its registry`() throws {
        try BuildScene.with { scene in
            let name = "127.0.0.1:1/x"
            let source = try CacheSource(parsing: name, from: scene.context)
            let target = try CacheTarget(parsing: "type=inline", from: scene.context)
            let id = try scene.build(Self.text) {
                $0.tags = [name]
                $0.cacheTargets = [target]
            }
            try forget(scene)
            try scene.build(Self.text) { $0.cacheSources = [source] }
            #expect(scene.executedSteps == 0)
            #expect(!scene.story.contains { $0.hasPrefix("warning: ") })
            // An image that carries nothing is asked for at its registry.
            try forget(scene)
            _ = try scene.images.remove(id.description, force: true) { _ in [] }
            try scene.build(Self.text) { $0.tags = [name] }
            try scene.build(Self.text) { $0.cacheSources = [source] }
            #expect(scene.story.contains { $0.hasPrefix("warning: importing cache manifest from \(name)") })
        }
    }

    @Test func `knows when layers were made that it does not have`() throws {
        try BuildScene.with { scene in
            let text = "FROM scratch AS made\nWORKDIR /one\nFROM scratch\nCOPY --from=made /one /two\n"
            let target = try CacheTarget(parsing: "type=local,dest=cache", from: scene.context)
            let source = try CacheSource(parsing: "type=local,src=cache", from: scene.context)
            let first = try scene.build(text) { ($0.target, $0.tags) = ("made", ["made"]) }
            try scene.build(text) { $0.cacheTargets = [target] }
            try forget(scene)
            let second = try scene.build(text) { ($0.target, $0.cacheSources) = ("made", [source]) }
            #expect(scene.executedSteps == 0)
            let (one, two) = (try scene.configuration(first), try scene.configuration(second))
            #expect(two.history.map(\.created) == one.history.map(\.created))
            #expect(two.created == one.created)
        }
    }

    @Test(arguments: [("true", MediaType.dockerManifest), ("false", .dockerIndex)])
    func `gives out documents that call themselves what they are called`(isImage: String, type: MediaType) throws {
        try BuildScene.with { scene in
            let form = "type=local,dest=cache,oci-mediatypes=false,image-manifest=\(isImage)"
            let target = try CacheTarget(parsing: form, from: scene.context)
            try scene.build(Self.text) { $0.cacheTargets = [target] }
            let layout = ImageLayout(scene.context.appending("cache"))
            let top = try #require(try layout.manifest(tagged: "latest"))
            #expect(top.mediaType == type)
            switch try ManifestDocument(parsing: layout.blobs.read(top.digest)) {
            case .manifest(let manifest): #expect(manifest.mediaType == type)
            case .index(let index): #expect(index.mediaType == type)
            }
        }
    }
}
