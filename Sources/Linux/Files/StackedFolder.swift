import CLinux
import Glibc
import SystemPackage

/// One folder as the overlay file system shows it: the same folder of several layers, the topmost first.
///
/// Names are looked up without following links and without leaving the layers. A whiteout hides what is below it, an opaque
/// folder hides all of what is below it; both are as the kernel's documentation of overlayfs has them.
struct StackedFolder: ~Copyable {
    /// Open descriptors, the topmost layer's first.
    private let descriptors: [Int32]

    private init(adopting descriptors: [Int32]) {
        self.descriptors = descriptors
    }

    /// Opens the roots of layers, base first.
    init(layers: [FilePath]) throws(SystemError) {
        var opened: [Int32] = []
        for layer in layers.reversed() {
            let descriptor = open(layer.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let failure = SystemError("open", on: layer.string, errno: Errno(rawValue: errno))
                opened.forEach { close($0) }
                throw failure
            }
            opened.append(descriptor)
        }
        self.init(adopting: opened)
    }

    deinit {
        descriptors.forEach { close($0) }
    }

    /// What bears a name here.
    struct Entry {
        var name: String
        var status: stat
        /// The folder of the layer that supplies it; belongs to the stack.
        var folder: Int32

        var kind: mode_t { status.st_mode & S_IFMT }
    }

    /// The topmost folder, whose owner and mode are those of the whole; belongs to the stack.
    var top: Int32? { descriptors.first }

    /// What bears this name; nil if nothing does.
    func entry(_ name: String) -> Entry? {
        for folder in descriptors {
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard !status.isWhiteout else { return nil }
            return Entry(name: name, status: status, folder: folder)
        }
        return nil
    }

    /// Everything here, by name.
    func entries() throws(SystemError) -> [Entry] {
        var names: Set<String> = []
        for folder in descriptors { names.formUnion(try Self.names(in: folder)) }
        var entries: [Entry] = []
        for name in names.sorted() {
            if let entry = entry(name) { entries.append(entry) }
        }
        return entries
    }

    /// The folder of this name; nil if that is none.
    func folder(_ name: String) -> StackedFolder? {
        var opened: [Int32] = []
        for folder in descriptors {
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFDIR else { break }
            let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { break }
            opened.append(descriptor)
            if Self.isOpaque(descriptor) { break }
        }
        return opened.isEmpty ? nil : StackedFolder(adopting: opened)
    }

    /// Where the symbolic link of this name points.
    static func target(of entry: Entry) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlinkat(entry.folder, entry.name, $0, text.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    private static func names(in folder: Int32) throws(SystemError) -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw SystemError("open", errno: Errno(rawValue: errno)) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func isOpaque(_ folder: Int32) -> Bool {
        ["trusted.overlay.opaque", "user.overlay.opaque"].contains { name in
            var value: UInt8 = 0
            return fgetxattr(folder, name, &value, 1) == 1 && value == UInt8(ascii: "y")
        }
    }
}

extension stat {
    /// Whether it is the overlay file system's mark for a name that is gone.
    fileprivate var isWhiteout: Bool { st_mode & S_IFMT == S_IFCHR && st_rdev == 0 }
}
