import CLinux
import Glibc
import Linux
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Volumes

@Suite struct FillTests {
    @Test func `fills an empty volume with what the image has there`() throws {
        try withImage { image, store in
            try image.base.write("srv/data/one", "1")
            try image.base.write("srv/data/sub/two", "2")
            symlink("sub/two", image.base.path("srv/data/link"))
            chmod(image.base.path("srv/data"), 0o750)
            chmod(image.base.path("srv/data/one"), 0o4711)
            let volume = try store.create("data")
            try store.fill(volume, from: "/srv/data", of: image.layers)
            #expect(try volume.tree() == ["link -> sub/two", "one 4711 1", "sub/", "sub/two 644 2"])
            #expect(mode(volume.mountpoint) == 0o750)
        }
    }

    @Test func `leaves a volume with something in it alone`() throws {
        try withImage { image, store in
            try image.base.write("data/new", "1")
            let volume = try store.create("data")
            try WholeFile.replace(volume.mountpoint.appending("old"), with: [], isDurable: false)
            try store.fill(volume, from: "/data", of: image.layers)
            #expect(try Folder.names(in: volume.mountpoint) == ["old"])
        }
    }

    @Test func `does nothing when the image has no folder there`() throws {
        try withImage { image, store in
            try image.base.write("file", "1")
            let volume = try store.create("data")
            for path in ["/missing", "/file", "/file/below"] { try store.fill(volume, from: path, of: image.layers) }
            #expect(try Folder.names(in: volume.mountpoint) == [])
            #expect(mode(volume.mountpoint) == 0o755)
        }
    }

    @Test func `shows the upper layer over the lower one`() throws {
        try withImage { image, store in
            try image.base.write("data/both", "lower")
            try image.base.write("data/lower", "lower")
            try image.top.write("data/both", "upper")
            try image.top.write("data/upper", "upper")
            let volume = try store.create("data")
            try store.fill(volume, from: "/data", of: image.layers)
            #expect(try volume.tree() == ["both 644 upper", "lower 644 lower", "upper 644 upper"])
        }
    }

    @Test func `follows links inside the image and never out of it`() throws {
        try withImage { image, store in
            try image.base.write("run/data/in", "in")
            try Folder.makeAll(FilePath(image.base.path("var")))
            symlink("/run", image.base.path("var/run"))
            symlink("../../../../../../../../etc", image.base.path("escape"))
            symlink("loop", image.base.path("loop"))
            let volume = try store.create("data")
            try store.fill(volume, from: "/escape", of: image.layers)
            try store.fill(volume, from: "/loop/x", of: image.layers)
            try store.fill(volume, from: "/../../etc", of: image.layers)
            #expect(try volume.tree() == [])
            try store.fill(volume, from: "/var/run/data", of: image.layers)
            #expect(try volume.tree() == ["in 644 in"])
        }
    }

    @Test func `keeps names of one file one file`() throws {
        try withImage { image, store in
            try image.base.write("data/a", "same")
            link(image.base.path("data/a"), image.base.path("data/b"))
            let volume = try store.create("data")
            try store.fill(volume, from: "/data", of: image.layers)
            #expect(inode(volume.mountpoint.appending("a")) == inode(volume.mountpoint.appending("b")))
        }
    }

    @Test(.tags(.root), .requiresRoot) func `honours whiteouts, opaque folders, owners and attributes`() throws {
        try withImage { image, store in
            try image.base.write("data/gone", "lower")
            try image.base.write("data/hidden/old", "lower")
            try image.top.write("data/hidden/new", "upper")
            try image.top.write("data/owned", "mine")
            #expect(mknod(image.top.path("data/gone"), S_IFCHR, 0) == 0)
            #expect(setxattr(image.top.path("data/hidden"), "trusted.overlay.opaque", "y", 1, 0) == 0)
            #expect(setxattr(image.top.path("data/owned"), "trusted.note", "n", 1, 0) == 0)
            chown(image.top.path("data/owned"), 1000, 2000)
            let volume = try store.create("data")
            try store.fill(volume, from: "/data", of: image.layers)
            #expect(try volume.tree() == ["hidden/", "hidden/new 644 upper", "owned 644 mine"])
            let owned = volume.mountpoint.appending("owned")
            var status = stat()
            stat(owned.string, &status)
            #expect(status.st_uid == 1000)
            #expect(status.st_gid == 2000)
            var note: CChar = 0
            #expect(getxattr(owned.string, "trusted.note", &note, 1) == 1)
            #expect(getxattr(volume.mountpoint.appending("hidden").string, "trusted.overlay.opaque", &note, 1) < 0)
        }
    }
}

/// An image of two layers.
private struct Image {
    var base: Layer
    var top: Layer
    var layers: [FilePath] { [base.folder, top.folder] }
}

private struct Layer {
    var folder: FilePath

    func path(_ name: String) -> String { folder.appending(name).string }

    func write(_ name: String, _ text: String) throws {
        let path = FilePath(path(name))
        try Folder.makeAll(path.removingLastComponent(), mode: 0o755)
        try WholeFile.replace(path, with: Array(text.utf8), isDurable: false, mode: 0o644)
    }
}

private func withImage(_ body: (Image, VolumeStore) throws -> Void) throws {
    try withTemporaryFolder { folder in
        let image = Image(base: Layer(folder: folder.appending("base")), top: Layer(folder: folder.appending("top")))
        for layer in image.layers { try Folder.make(layer, mode: 0o755) }
        try body(image, VolumeStore(root: StateRoot(under: folder)))
    }
}

extension Volume {
    /// What is in it, a line a name.
    fileprivate func tree() throws -> [String] { try Self.tree(mountpoint, "") }

    private static func tree(_ folder: FilePath, _ prefix: String) throws -> [String] {
        try Folder.names(in: folder).sorted().flatMap { name -> [String] in
            let path = folder.appending(name)
            var status = stat()
            lstat(path.string, &status)
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return ["\(prefix)\(name)/"] + (try tree(path, "\(prefix)\(name)/"))
            case S_IFLNK:
                var buffer = [CChar](repeating: 0, count: 256)
                let count = readlink(path.string, &buffer, 255)
                let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return ["\(prefix)\(name) -> \(target)"]
            default:
                let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
                return ["\(prefix)\(name) \(String(status.st_mode & 0o7777, radix: 8)) \(text)"]
            }
        }
    }
}

private func mode(_ path: FilePath) -> mode_t {
    var status = stat()
    stat(path.string, &status)
    return status.st_mode & 0o7777
}

private func inode(_ path: FilePath) -> ino_t {
    var status = stat()
    stat(path.string, &status)
    return status.st_ino
}
