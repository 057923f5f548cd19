import CLinux
import Glibc
public import SystemPackage

/// A folder whose inside is somebody else's: paths are looked up below it, and no link leads out.
///
/// `openat2(2)` with `RESOLVE_IN_ROOT`.
public struct RootedFolder: Hashable, Sendable {
    /// The folder, as the host names it.
    public let path: FilePath

    /// A value of these parts.
    public init(_ path: FilePath) {
        self.path = path
    }

    /// The contents of a regular file; nil where there is none.
    ///
    /// Nothing else is opened: a pipe would keep us waiting, a device may do anything.
    /// - Throws: Also for more than `limit` bytes.
    public func read(_ name: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8]? {
        guard let descriptor = try open(name, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try FileDescriptor(rawValue: descriptor).readToEnd(limit: limit, of: name)
    }

    /// A folder below; nil where there is none.
    public func folder(_ name: String) throws(SystemError) -> OwnedDescriptor? {
        guard let descriptor = try open(name, flags: O_RDONLY | O_DIRECTORY) else { return nil }
        return OwnedDescriptor(FileDescriptor(rawValue: descriptor))
    }

    /// What is at a name, without following a link in its last place: nil where there is nothing.
    public func mode(of name: String) throws(SystemError) -> UInt32? {
        guard let descriptor = try open(name, flags: Int32(0o10000000) | O_NOFOLLOW) else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SystemError("fstat", on: name, errno: Errno(rawValue: errno))
        }
        return status.st_mode
    }

    /// Removes an empty file or an empty folder; anything else stays, and so does what a link leads to.
    public func removeIfEmpty(_ name: String) throws(SystemError) {
        let parts = name.split(separator: "/")
        guard let last = parts.last.map(String.init) else { return }
        let above = parts.dropLast().joined(separator: "/")
        guard let parent = try open(above.isEmpty ? "." : above, flags: O_RDONLY | O_DIRECTORY) else { return }
        defer { close(parent) }
        var status = stat()
        guard fstatat(parent, last, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: unlinkat(parent, last, AT_REMOVEDIR)
        case S_IFREG where status.st_size == 0: unlinkat(parent, last, 0)
        default: return
        }
    }

    private func open(_ name: String, flags: Int32) throws(SystemError) -> Int32? {
        let root = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { close(root) }
        // RESOLVE_NO_MAGICLINKS and RESOLVE_IN_ROOT
        let descriptor = tutti_openat2(root, name, UInt64(flags | O_CLOEXEC), 0, 0x02 | 0x10)
        guard descriptor < 0 else { return descriptor }
        let failure = Errno(rawValue: errno)
        guard ![.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(failure) else { return nil }
        throw SystemError("openat2", on: name, errno: failure)
    }
}
