import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite struct Files {
    @Test func `are replaced whole`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("record")
            try WholeFile.replace(file, with: Array("one".utf8), isDurable: true)
            try WholeFile.replace(file, with: Array("two".utf8), isDurable: false)
            #expect(try WholeFile.read(file) == Array("two".utf8))
            #expect(access("\(file).draft", F_OK) != 0)
            #expect(throws: SystemError("read", on: file.string, errno: .fileTooLarge)) {
                try WholeFile.read(file, limit: 2)
            }
        }
    }

    @Test func `are replaced piece by piece, and are what they were if that fails`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("archive")
            try WholeFile.replace(file) { write in
                try write(Array("o".utf8))
                try write(Array("ne".utf8))
            }
            #expect(try FileStatus.of(file)?.mode == 0o644)
            try #require(chmod(file.string, 0o600) == 0)
            let failure = SystemError("read", errno: .ioError)
            #expect(throws: failure) {
                try WholeFile.replace(file) { write in
                    try write([0])
                    throw failure
                }
            }
            #expect(try WholeFile.read(file) == Array("one".utf8))
            try WholeFile.replace(file) { write in try write(Array("two".utf8)) }
            #expect(try WholeFile.read(file) == Array("two".utf8))
            #expect(try FileStatus.of(file)?.mode == 0o600)
            #expect(try Folder.names(in: folder) == ["archive"])
        }
    }

    @Test func `are written where they stand when they are no plain files`() throws {
        try withTemporaryFolder { folder in
            let (file, link) = (folder.appending("file"), folder.appending("link"))
            #expect(try NameLink.claim(link, for: "file"))
            for place in [link, "/dev/null"] {
                try WholeFile.replace(place) { write in try write(Array("one".utf8)) }
            }
            #expect(try WholeFile.read(file) == Array("one".utf8))
            #expect(try FileStatus.of(link)?.kind == .symbolicLink)
            #expect(try FileStatus.of("/dev/null")?.kind == .characterDevice)
            let missing = folder.appending("none").appending("file")
            #expect(throws: SystemError("open", on: missing.string, errno: .noSuchFileOrDirectory)) {
                try WholeFile.replace(missing) { _ in }
            }
        }
    }

    @Test(.requiresRoot) func `are written where they stand when nothing can take their place`() throws {
        try withTemporaryFolder { folder in
            let (file, place) = (folder.appending("file"), folder.appending("place"))
            for path in [file, place] { try WholeFile.replace(path) { write in try write(Array("old".utf8)) } }
            let isMounted = try Program.succeeds(["mount", "--bind", file.string, place.string])
            try #require(isMounted)
            defer { #expect(umount(place.string) == 0) }
            let failure = SystemError("read", errno: .ioError)
            #expect(throws: failure) { try WholeFile.replace(place) { _ in throw failure } }
            #expect(try WholeFile.read(file) == Array("old".utf8))
            try WholeFile.replace(place) { write in try write(Array("new".utf8)) }
            #expect(try WholeFile.read(file) == Array("new".utf8))
            #expect(try Folder.names(in: folder) == ["file", "place"])
        }
    }

    @Test func `are locked until the claim ends`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("lock")
            #expect(try !FileLock.isHeld(file))
            if let claim = try FileLock.take(file) {
                #expect(try FileLock.isHeld(file))
                if try FileLock.take(file) != nil { Issue.record("taken twice") }
                _ = consume claim
            }
            #expect(try !FileLock.isHeld(file))
        }
    }

    @Test func `are removed as trees, without following links`() throws {
        try withTemporaryFolder { folder in
            let tree = folder.appending("tree")
            try #require(mkdir(tree.string, 0o700) == 0)
            try #require(mkdir(tree.appending("below").string, 0o700) == 0)
            try WholeFile.replace(tree.appending("below/file"), with: [], isDurable: false)
            try WholeFile.replace(folder.appending("kept"), with: [], isDurable: false)
            try #require(symlink(folder.string, tree.appending("link").string) == 0)
            try Removal.tree(tree)
            try Removal.tree(tree)
            try Removal.file(tree)
            try Removal.mount(tree)
            #expect(access(tree.string, F_OK) != 0)
            #expect(access(folder.appending("kept").string, F_OK) == 0)
        }
    }
}
