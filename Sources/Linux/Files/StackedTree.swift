import CLinux
import Glibc
public import SystemPackage

/// What a stack of layers shows together, read without mounting it.
public enum StackedTree {
    /// Copies what is in a folder of the stack into another folder, which takes the owner and mode of the first.
    ///
    /// Owners, modes, times, extended attributes, symbolic links and hard links are kept. Links on the way to the folder are
    /// followed inside the stack; nothing outside it can be reached.
    ///
    /// - Parameters:
    ///   - path: the folder inside the stack, absolute.
    ///   - layers: the layers' folders, base first.
    /// - Returns: false if there is no such folder, and then nothing was done.
    public static func copyFolder(_ path: String, of layers: [FilePath], into destination: FilePath) throws(SystemError)
        -> Bool
    {
        guard let source = try resolve(path, in: layers) else { return false }
        let target = Glibc.open(destination.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard target >= 0 else { throw SystemError("open", on: destination.string, errno: Errno(rawValue: errno)) }
        defer { close(target) }
        var copy = TreeCopy()
        try copy.contents(of: source, into: target, depth: 0)
        return true
    }

    /// The most links that are followed on the way to one folder, which is the kernel's own bound.
    private static let maximumLinks = 40

    /// Finds a folder by its path as a process inside would, one name after the other.
    private static func resolve(_ path: String, in layers: [FilePath]) throws(SystemError) -> StackedFolder? {
        guard !layers.isEmpty else { return nil }
        var rest = names(of: path)[...]
        var done: [String] = []
        var links = 0
        while let name = rest.popFirst() {
            if name == ".." {
                _ = done.popLast()
                continue
            }
            guard let folder = try open(done, in: layers), let entry = folder.entry(name) else { return nil }
            guard entry.kind == S_IFLNK else {
                done.append(name)
                continue
            }
            links += 1
            guard links <= maximumLinks, let target = StackedFolder.target(of: entry) else { return nil }
            if target.hasPrefix("/") { done = [] }
            rest = (names(of: target) + rest)[...]
        }
        return try open(done, in: layers)
    }

    private static func open(_ names: [String], in layers: [FilePath]) throws(SystemError) -> StackedFolder? {
        var folder = try StackedFolder(layers: layers)
        for name in names {
            guard let next = folder.folder(name) else { return nil }
            folder = next
        }
        return folder
    }

    private static func names(of path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }
}

/// One copy at work: it remembers which files it has seen under another name.
private struct TreeCopy {
    /// Folders deeper than this are an error (`ELOOP`); no path of the kernel's reaches so deep.
    private static let maximumDepth = 2048

    private struct File: Hashable {
        var device: dev_t
        var inode: ino_t
    }

    /// A descriptor-relative name of a copy that further names are linked to.
    private var copies: [File: String] = [:]
    private var root: Int32 = -1
    private var path: [String] = []

    mutating func contents(of source: borrowing StackedFolder, into target: Int32, depth: Int) throws(SystemError) {
        guard depth < Self.maximumDepth else { throw SystemError("openat", errno: .tooManySymbolicLinkLevels) }
        if depth == 0 { root = target }
        for entry in try source.entries() {
            path.append(entry.name)
            try copy(entry, of: source, into: target, depth: depth)
            path.removeLast()
        }
        guard let top = source.top else { return }
        var status = stat()
        guard fstat(top, &status) == 0 else { throw failure("fstat") }
        try Attributes.copy(from: top, to: target)
        try apply(status, to: target)
    }

    private mutating func copy(
        _ entry: StackedFolder.Entry,
        of source: borrowing StackedFolder,
        into target: Int32,
        depth: Int
    ) throws(SystemError) {
        switch entry.kind {
        case S_IFDIR:
            guard let folder = source.folder(entry.name) else { return }
            guard mkdirat(target, entry.name, 0o700) == 0 else { throw failure("mkdirat") }
            let inner = openat(target, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else { throw failure("openat") }
            defer { close(inner) }
            try contents(of: folder, into: inner, depth: depth + 1)
        case S_IFREG:
            if try link(entry, in: target) { return }
            try copyFile(entry, into: target)
        case S_IFLNK:
            guard let text = StackedFolder.target(of: entry), symlinkat(text, target, entry.name) == 0 else {
                throw failure("symlinkat")
            }
            try own(entry, in: target)
        default:
            guard mknodat(target, entry.name, entry.status.st_mode, entry.status.st_rdev) == 0 else {
                throw failure("mknodat")
            }
            try own(entry, in: target)
            guard fchmodat(target, entry.name, entry.status.st_mode & 0o7777, 0) == 0 else { throw failure("fchmodat") }
        }
    }

    /// Links to the copy that was made under another name, if there is one.
    private mutating func link(_ entry: StackedFolder.Entry, in target: Int32) throws(SystemError) -> Bool {
        guard entry.status.st_nlink > 1 else { return false }
        let file = File(device: entry.status.st_dev, inode: entry.status.st_ino)
        guard let other = copies[file] else {
            copies[file] = path.joined(separator: "/")
            return false
        }
        guard linkat(root, other, target, entry.name, 0) == 0 else { throw failure("linkat") }
        return true
    }

    private func copyFile(_ entry: StackedFolder.Entry, into target: Int32) throws(SystemError) {
        let input = openat(entry.folder, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw failure("openat") }
        defer { close(input) }
        let output = openat(target, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw failure("openat") }
        defer { close(output) }
        while true {
            let count = sendfile(output, input, nil, 1 << 30)
            if count == 0 { break }
            guard count > 0 else { throw failure("sendfile") }
        }
        try Attributes.copy(from: input, to: output)
        try apply(entry.status, to: output)
    }

    /// Owner first: a change of owner takes the set-user-ID bit away.
    private func apply(_ status: stat, to descriptor: Int32) throws(SystemError) {
        guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else { throw failure("fchown") }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw failure("fchmod") }
        let times = [status.st_atim, status.st_mtim]
        guard futimens(descriptor, times) == 0 else { throw failure("futimens") }
    }

    private func own(_ entry: StackedFolder.Entry, in target: Int32) throws(SystemError) {
        let status = entry.status
        guard fchownat(target, entry.name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failure("fchownat")
        }
        guard utimensat(target, entry.name, [status.st_atim, status.st_mtim], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failure("utimensat")
        }
    }

    private func failure(_ call: String) -> SystemError {
        let code = Errno(rawValue: errno)
        return SystemError(call, on: path.joined(separator: "/"), errno: code)
    }
}

/// Extended attributes, the overlay file system's own left out.
private enum Attributes {
    static func copy(from source: Int32, to target: Int32) throws(SystemError) {
        for name in names(of: source) where !name.hasPrefix("trusted.overlay.") && !name.hasPrefix("user.overlay.") {
            let size = fgetxattr(source, name, nil, 0)
            guard size >= 0 else { continue }
            var value = [UInt8](repeating: 0, count: size)
            let count = fgetxattr(source, name, &value, size)
            guard count >= 0 else { continue }
            guard fsetxattr(target, name, value, count, 0) == 0 || errno == EOPNOTSUPP else {
                throw SystemError("fsetxattr", on: name, errno: Errno(rawValue: errno))
            }
        }
    }

    private static func names(of descriptor: Int32) -> [String] {
        let size = flistxattr(descriptor, nil, 0)
        guard size > 0 else { return [] }
        var list = [CChar](repeating: 0, count: size)
        let count = flistxattr(descriptor, &list, size)
        guard count > 0 else { return [] }
        return list[..<count].split(separator: 0).map { bytes in
            String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
