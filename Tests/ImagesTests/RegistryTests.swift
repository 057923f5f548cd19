import Compression
import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

/// An image of two layers, one file each.
func commitPair(to store: ImageStore, as name: String) throws -> Digest {
    var configuration = ImageConfiguration()
    configuration.config.cmd = ["/one"]
    for text in ["one", "two"] {
        let draft = try store.layers.makeDraft()
        try WholeFile.replace(draft.contents.appending(text), with: Array(text.utf8), isDurable: false)
        configuration.rootfs.diffIDs.append(try store.layers.commit(draft).diffID)
        configuration.history.append(.init(createdBy: "COPY \(text) /"))
    }
    return try store.commit(configuration, as: [ImageReference(parsing: name)])
}

@Suite struct Pulls {
    @Test(.requiresRegistry) func `bring an image from a registry, and read what others pushed`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let access = try RegistryAccess.plain()
            let source = ImageStore(root: StateRoot(under: folder.appending("source")))
            let id = try commitPair(to: source, as: "pair:1")
            let archive = folder.appending("pair.tar")
            do {
                let file = try OwnedDescriptor.writing(archive)
                try source.save(["pair:1"]) { try file.write($0) }
            }
            let place = "\(registry.host)/test/pair:1"
            let pushed = try Program.succeeds([
                "/usr/bin/skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false",
                "docker-archive:\(archive)", "docker://\(place)",
            ])
            #expect(pushed)

            let store = ImageStore(root: StateRoot(under: folder.appending("target")))
            let reference = try ImageReference(parsing: place)
            let pulled = try store.pull(reference, access: access)
            #expect(pulled.isNew)
            let image = try #require(try store.find(place))
            #expect(image.configuration.config.cmd == ["/one"])
            #expect(image.layers == (try source.find(id.description)?.layers))
            #expect(image.repositoryDigests.map(\.digest) == [pulled.digest])
            let two = try store.layers.contents(of: image.layers[1]).appending("two")
            #expect(try WholeFile.read(two) == Array("two".utf8))
            #expect(try store.pull(reference, access: access).isNew == false)

            let layout = "oci:\(folder.appending("target/images")):1"
            #expect(try Program.succeeds(["/usr/bin/skopeo", "inspect", layout]))
            let error = #expect(throws: RegistryError.self) {
                try store.pull(reference.tagged("2"), access: access)
            }
            #expect(error?.reason == "manifest unknown")
        }
    }

    @Test func `say which host cannot be reached`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let access = try RegistryAccess.plain()
            let reference = try ImageReference(parsing: "127.0.0.1:1/a/b")
            let error = #expect(throws: RegistryError.self) { try store.pull(reference, access: access) }
            #expect(error?.description == "pull 127.0.0.1:1/a/b:latest: 127.0.0.1:1: could not connect")
            let unknown = try ImageReference(parsing: "registry.invalid/a")
            let other = #expect(throws: RegistryError.self) { try store.pull(unknown, access: access) }
            #expect(other?.description == "pull registry.invalid/a:latest: registry.invalid: could not resolve host")
        }
    }
}
