import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageStores {
    /// An image with one layer that holds one file.
    private func commit(_ text: String, to store: ImageStore, as names: [String]) throws -> Digest {
        let draft = try store.layers.makeDraft()
        try WholeFile.replace(draft.contents.appending("file"), with: Array(text.utf8), isDurable: false)
        var configuration = ImageConfiguration()
        configuration.config.cmd = ["/file"]
        configuration.rootfs.diffIDs = [try store.layers.commit(draft).diffID]
        return try store.commit(configuration, as: names.map { try ImageReference(parsing: $0) })
    }

    @Test func `find an image by name, by id and by the beginning of its id`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let id = try commit("one", to: store, as: ["web", "localhost:5000/web:1"])
            for text in ["web", "web:latest", "docker.io/library/web", id.description, id.hex, id.short] {
                #expect(try store.find(text)?.id == id)
            }
            let image = try #require(try store.find("localhost:5000/web:1"))
            #expect(image.references.map(\.familiar) == ["web:latest", "localhost:5000/web:1"])
            #expect(image.configuration.config.cmd == ["/file"])
            #expect(image.size == 3)
            #expect(try store.contains(id))
            #expect(try store.find("other") == nil)
        }
    }

    @Test func `leave an image dangling when its name moves`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let old = try commit("one", to: store, as: ["web"])
            let new = try commit("two", to: store, as: ["web"])
            #expect(try store.find("web")?.id == new)
            #expect(try store.list().map(\.id) == [new, old])
            #expect(try store.list().map(\.isDangling) == [false, true])
        }
    }
}
