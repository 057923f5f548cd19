import Compression
import Glibc
import Hashing
import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

/// Archives as other tools write them.
@Suite struct ForeignArchives {
    private func store(_ folder: FilePath) -> ImageStore { ImageStore(root: StateRoot(under: folder)) }

    /// A layer's tar with one file.
    private func layer(_ name: String, _ text: String) throws -> [UInt8] {
        var tar: [UInt8] = []
        let writer = TarWriter { tar += $0 }
        try writer.add(TarEntry(.file, path: Array(name.utf8), mode: 0o644), contents: Array(text.utf8))
        try writer.finish()
        return tar
    }

    private func digest(_ bytes: [UInt8]) -> Digest { Digest(sha256: SHA256.sum(bytes)) }

    private func configuration(_ layers: [[UInt8]]) throws -> [UInt8] {
        var configuration = ImageConfiguration()
        configuration.rootfs.diffIDs = layers.map(digest)
        return try JSON.encode(configuration)
    }

    @Test func `of old Docker have a folder for every layer, and links where two are the same`() throws {
        try withTemporaryFolder { folder in
            let tar = try layer("one", "1")
            let config = try configuration([tar, tar])
            let id = digest(config)
            let manifest = """
                [{"Config":"\(id.hex).json","RepoTags":["old:1"],"Layers":["aa/layer.tar","bb/layer.tar"]}]
                """
            var archive: [UInt8] = []
            let writer = TarWriter { archive += $0 }
            try writer.add(TarEntry(.folder, path: Array("aa/".utf8), mode: 0o755))
            try writer.add(TarEntry(.file, path: Array("aa/VERSION".utf8), mode: 0o644), contents: Array("1.0".utf8))
            try writer.add(TarEntry(.file, path: Array("aa/layer.tar".utf8), mode: 0o644), contents: tar)
            var link = TarEntry(.symbolicLink, path: Array("bb/layer.tar".utf8), mode: 0o777)
            link.linkTarget = Array("../aa/layer.tar".utf8)
            try writer.add(link)
            try writer.add(TarEntry(.file, path: Array("\(id.hex).json".utf8), mode: 0o644), contents: config)
            try writer.add(
                TarEntry(.file, path: Array("manifest.json".utf8), mode: 0o644),
                contents: Array(manifest.utf8)
            )
            try writer.add(TarEntry(.file, path: Array("repositories".utf8), mode: 0o644), contents: Array("{}".utf8))
            try writer.finish()
            let loaded = try store(folder).load(ByteSource(archive).compressed(as: .gzip))
            #expect(loaded.map(\.id) == [id])
            #expect(try store(folder).find("old:1")?.layers == [digest(tar), digest(tar)])
        }
    }

    @Test func `are refused where a layer is not what the configuration says`() throws {
        try withTemporaryFolder { folder in
            let (tar, other) = (try layer("one", "1"), try layer("one", "2"))
            let config = try configuration([tar])
            let manifest = #"[{"Config":"c.json","RepoTags":["bad:1"],"Layers":["l.tar"]}]"#
            var archive: [UInt8] = []
            let writer = TarWriter { archive += $0 }
            for (name, contents) in [("c.json", config), ("l.tar", other), ("manifest.json", Array(manifest.utf8))] {
                try writer.add(TarEntry(.file, path: Array(name.utf8), mode: 0o644), contents: contents)
            }
            try writer.finish()
            let expected = StorageError.wrongDigest(expected: digest(tar), actual: digest(other))
            #expect(throws: expected) { try store(folder).load(ByteSource(archive)) }
            #expect(try store(folder).list() == [])
            #expect(try store(folder).layers.list() == [])
            #expect(try store(folder).blobs.list() == [])
        }
    }

    @Test func `that repeat a name give no other member's bytes for it`() throws {
        try withTemporaryFolder { folder in
            let (tar, other) = (try layer("one", "1"), try layer("one", "2"))
            let store = store(folder)
            // The layer is there without a blob, as one that was built here: it is not unpacked again.
            _ = try store.layers.unpack(ByteSource(tar))
            let manifest = #"[{"Config":"c.json","RepoTags":["twice:1"],"Layers":["x.tar"]}]"#
            var archive: [UInt8] = []
            let writer = TarWriter { archive += $0 }
            let members: [(String, [UInt8])] = [
                ("c.json", try configuration([tar])), ("x.tar", other), ("x.tar", tar), ("y.tar", other),
                ("manifest.json", Array(manifest.utf8)),
            ]
            for (name, contents) in members {
                try writer.add(TarEntry(.file, path: Array(name.utf8), mode: 0o644), contents: contents)
            }
            try writer.finish()
            _ = try store.load(ByteSource(archive))
            #expect(try store.blobs.read(digest(tar)) == tar)
            #expect(store.blobs.contains(digest(other)) == false)
        }
    }

    @Test func `have 65,536 members at most, whatever they are called`() throws {
        try withTemporaryFolder { folder in
            var link: [UInt8] = []
            let writer = TarWriter { link += $0 }
            try writer.add(TarEntry(.symbolicLink, path: Array("x".utf8), mode: 0o777))
            try writer.finish()
            let header = Array(link.prefix(512))
            var left = 65_537
            let source = ByteSource {
                guard left > 0 else { return nil }
                left -= 1
                return header
            }
            let expected = StorageError.badArchive(entry: nil, reason: "more than 65,536 members")
            #expect(throws: expected) { try store(folder).load(source) }
        }
    }

    @Test(.enabled("needs Debian's buildah and root") { access("/usr/bin/buildah", X_OK) == 0 && geteuid() == 0 })
    func `of buildah load in both forms, and ours are read by skopeo`() throws {
        try withTemporaryFolder { folder in
            try WholeFile.replace(folder.appending("file"), with: Array("text".utf8), isDurable: false)
            let lines = "FROM scratch\nCOPY file /file\nCMD [\"/file\"]\n"
            try WholeFile.replace(folder.appending("Dockerfile"), with: Array(lines.utf8), isDurable: false)
            let storage = ["--root", "\(folder)/containers", "--runroot", "\(folder)/run", "--storage-driver", "vfs"]
            let built = try Program.succeeds(
                ["buildah"] + storage + ["bud", "--isolation", "chroot", "-t", "localhost/made:1", folder.string]
            )
            try #require(built)
            for form in ["oci-archive", "docker-archive"] {
                let archive = folder.appending("\(form).tar")
                let place = "\(form):\(archive):localhost/made:1"
                try #require(try Program.succeeds(["buildah"] + storage + ["push", "localhost/made:1", place]))
                let store = store(folder.appending(form))
                let loaded = try store.load(try ByteSource(readingFile: archive))
                let image = try #require(try store.find(loaded[0].id.description))
                #expect(image.configuration.config.cmd == ["/file"])
                let file = try store.layers.contents(of: image.layers[0]).appending("file")
                #expect(try WholeFile.read(file) == Array("text".utf8))

                try store.tag(image.id, as: ImageReference(parsing: "again:1"))
                let ours = folder.appending("\(form)-ours.tar")
                do {
                    let output = try OwnedDescriptor.writing(ours)
                    try store.save(["again:1"]) { try output.write($0) }
                }
                for reader in ["oci-archive:\(ours)", "docker-archive:\(ours)"] {
                    #expect(try Program.succeeds(["skopeo", "inspect", "--config", reader]))
                }
            }
        }
    }
}
