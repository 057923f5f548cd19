import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite struct FileNames {
    @Test func `lead nowhere else`() {
        for text in ["", ".", "..", "a/b", "a\0b", String(repeating: "x", count: 256)] {
            #expect(FileName(text) == nil)
        }
        #expect(FileName("...")?.description == "...")
        #expect(FileName([0xff, 0xfe])?.bytes == [0xff, 0xfe])
    }
}

@Suite struct Folders {
    @Test func `keep what is done in them inside`() throws {
        try withTemporaryFolder { path in
            try Folder.makeAll(path.appending("root/etc"))
            try WholeFile.replace(path.appending("outside"), with: Array("secret".utf8), isDurable: false)
            let root = try OpenFolder(opening: path.appending("root"))
            let link = try #require(FileName("up"))
            try root.makeSymbolicLink(link, to: Array("../../../..".utf8))
            #expect(throws: SystemError("openat", on: "up", errno: .notDirectory)) { try root.folder(link) }
            #expect(try root.folder(inRoot: Array("up/etc".utf8)).entries() == [])
            #expect(throws: SystemError("openat2", on: "up/outside", errno: .noSuchFileOrDirectory)) {
                _ = try root.file(inRoot: Array("up/outside".utf8))
            }
            #expect(try root.linkTarget(link) == Array("../../../..".utf8))
        }
    }

    @Test func `hold files with owner, mode, times and attributes`() throws {
        try withTemporaryFolder { path in
            let folder = try OpenFolder(opening: path)
            let name = try #require(FileName("file"))
            do {
                let file = try folder.makeFile(name)
                try file.write(Array("contents".utf8))
            }
            try folder.setMode(name, 0o4711)
            try folder.setTimes(name, -1)
            try folder.setExtendedAttribute("user.tutti", [1, 0, 2], of: name)
            let status = try #require(try folder.status(name))
            #expect(status.kind == .regular)
            #expect(status.mode == 0o4711)
            #expect(status.size == 8)
            #expect(status.modifiedAt == -1)
            #expect(try folder.extendedAttributes(name) == ["user.tutti": [1, 0, 2]])
            #expect(try folder.extendedAttribute("user.none", of: name) == nil)
        }
    }
}

@Suite struct Trees {
    @Test func `of 3,000 levels are walked and removed`() throws {
        try withTemporaryFolder { path in
            let name = try #require(FileName("d"))
            var folder = try OpenFolder(opening: path).makeFolder(name)
            for _ in 1..<3_000 { folder = try folder.makeFolder(name) }
            var walk = try TreeWalk(OpenFolder(opening: path))
            var deepest = 0
            while let visit = try walk.next() {
                if case .entered = visit { deepest = max(deepest, walk.path.count) }
            }
            #expect(deepest == 3_000)
            try Removal.tree(path.appending("d"))
            #expect(try Folder.names(in: path) == [])
        }
    }
}

@Suite struct Timestamps {
    @Test(arguments: [
        ("2026-01-02T03:04:05.123456789Z", 1_767_323_045_123_456_789),
        ("2026-01-02T03:04:05Z", 1_767_323_045_000_000_000), ("1969-12-31T23:59:59.5Z", -500_000_000),
    ])
    func `are written and read`(text: String, nanoseconds: Int64) {
        #expect(Timestamp.text(nanoseconds) == text)
        #expect(Timestamp.parse(text) == nanoseconds)
    }

    @Test func `are read with an offset, and refused when they are none`() {
        #expect(Timestamp.parse("2026-01-02T05:04:05+02:00") == 1_767_323_045_000_000_000)
        for text in ["", "2026-13-02T03:04:05Z", "2026-01-02 03:04:05", "2026-01-02T03:04:05", "9999-01-02T03:04:05Z"] {
            #expect(Timestamp.parse(text) == nil)
        }
    }
}
