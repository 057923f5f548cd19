import Linux
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct LocalArchives {
    /// Writes a tar into the context as a file `archive`.
    private func pack(_ members: [TarEntry], in scene: BuildScene) throws {
        var bytes: [UInt8] = []
        let writer = TarWriter { bytes += $0 }
        for member in members {
            var member = member
            if member.kind == .file { member.size = 1 }
            try writer.add(member, contents: member.kind == .file ? [0x78] : [])
        }
        try writer.finish()
        try WholeFile.replace(scene.context.appending("archive"), with: bytes, isDurable: false)
    }

    private static func member(_ kind: TarEntry.Kind, _ path: String, to target: String = "") -> TarEntry {
        var entry = TarEntry(kind, path: Array(path.utf8), mode: kind == .folder ? 0o755 : 0o640)
        entry.linkTarget = Array(target.utf8)
        (entry.uid, entry.gid) = (5, 6)
        return entry
    }

    @Test(arguments: [["cat"], ["gzip", "-c"], ["bzip2", "-c"], ["xz", "-c"], ["zstd", "-c"]])
    func `are known by their contents, whatever they are called and packed with`(packer: [String]) throws {
        try BuildScene.with { scene in
            try pack([Self.member(.folder, "d"), Self.member(.file, "d/f")], in: scene)
            let packed = scene.context.appending("data.bin")
            try #require(try Program.succeeds(packer + ["\(scene.context)/archive"], output: packed))
            let id = try scene.build(
                "FROM scratch\nADD data.bin /to/\nADD --chown=7:8 data.bin /own\nCOPY data.bin /file"
            )
            #expect(
                try scene.listing(id) == [
                    "file 600 0:0", "own/ 755 7:8", "own/d/ 755 7:8", "own/d/f 640 7:8", "to/ 755 0:0",
                    "to/d/ 755 5:6", "to/d/f 640 5:6",
                ]
            )
        }
    }

    @Test(arguments: [["gzip", "-c"], ["bzip2", "-c"], ["xz", "-c"], ["cat"]])
    func `are not what is packed and no archive`(packer: [String]) throws {
        try BuildScene.with { scene in
            try scene.write("text", String(repeating: "no archive\n", count: 200))
            let packed = scene.context.appending("f")
            try #require(try Program.succeeds(packer + ["\(scene.context)/text"], output: packed))
            let id = try scene.build("FROM scratch\nADD f /")
            #expect(try scene.tree(id).contents(of: TreePath(clamping: "f")) == WholeFile.read(packed))
        }
    }

    @Test func `go where links of the stage lead, and keep several names of one file`() throws {
        try BuildScene.with { scene in
            try pack(
                [
                    Self.member(.folder, "lib"), Self.member(.file, "/lib/f"),
                    Self.member(.hardLink, "lib/g", to: "lib/f"),
                    Self.member(.symbolicLink, "in", to: "/lib"), Self.member(.file, "in/h"),
                    Self.member(.file, ".wh.kept"),
                ],
                in: scene
            )
            try scene.write("base/usr/lib/old", "")
            #expect(try NameLink.claim(scene.context.pushing("base/lib"), for: "usr/lib"))
            let id = try scene.build("FROM scratch\nCOPY base /\nCOPY <<kept /\nkept\nADD archive /")
            #expect(
                try scene.listing(id) == [
                    ".wh.kept 640 5:6", "in -> /lib 777 5:6", "kept 644 0:0", "lib -> usr/lib 777 0:0",
                    "usr/ 755 0:0", "usr/lib/ 755 5:6", "usr/lib/f 640 5:6", "usr/lib/g 640 5:6", "usr/lib/h 640 5:6",
                    "usr/lib/old 644 0:0",
                ]
            )
            let top = try scene.layers.contents(of: scene.configuration(id).rootfs.diffIDs[2])
            #expect(try FileStatus.of(top.pushing("usr/lib/g"))?.linkCount == 2)
        }
    }

    @Test func `keep capabilities, whoever their files come to belong to`() throws {
        try BuildScene.with { scene in
            // cap_net_raw, permitted and effective: struct vfs_cap_data of version 2
            let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14)
            var file = Self.member(.file, "ping")
            file.attributes["security.capability"] = capability
            try pack([file, Self.member(.hardLink, "same", to: "ping")], in: scene)
            let id = try scene.build("FROM scratch\nADD archive /kept/\nADD --chown=7:8 archive /given/")
            for path in ["kept/ping", "kept/same", "given/ping", "given/same"] {
                let attributes = try scene.tree(id).attributes(at: TreePath(clamping: path))
                #expect(attributes["security.capability"] == capability, "\(path)")
            }
        }
    }

    @Test(arguments: [
        [member(.file, "../x")], [member(.file, "a/../../x")],
        [member(.symbolicLink, "l", to: "/tmp"), member(.file, "l/x")],
        [member(.symbolicLink, "l", to: "../../../tmp"), member(.file, "l/x")],
        [member(.hardLink, "h", to: "/etc/passwd")], [member(.hardLink, "h", to: "../../etc/passwd")],
        [member(.characterDevice, "etc")], [member(.file, "f"), member(.file, "f/g")],
    ])
    func `that lead out or hide something are refused with the line`(members: [TarEntry]) throws {
        try BuildScene.with { scene in
            try pack(members, in: scene)
            let error = #expect(throws: BuilderError.self) { try scene.build("FROM scratch\nADD archive /") }
            #expect(error?.place?.range.start.line == 2)
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
        }
    }
}
