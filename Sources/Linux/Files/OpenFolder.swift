import CLinux
import Glibc
public import SystemPackage

/// A folder that is held open, until the last reference goes.
///
/// What is done by name in it stays in it, whatever becomes of the paths that lead there meanwhile: no method follows a
/// symbolic link unless it says so.
public final class OpenFolder: Sendable {
    let descriptor: Int32

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens the folder at a path, which may lead through links.
    public init(opening path: FilePath) throws(SystemError) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        descriptor = try SystemError.attempt("open", on: path.string) { open(path.string, flags) }
    }

    /// The root of a file system that the kernel keeps, which is mounted nowhere for it.
    ///
    /// The corresponding C functions are `fsopen` and `fsmount`.
    public init(ofFileSystem type: String) throws(SystemError) {
        descriptor = try SystemError.attempt("fsopen", on: type) { tutti_file_system(type) }
    }

    // MARK: Looking

    /// The folder of that name in this one.
    ///
    /// - Throws: `ENOTDIR` or `ELOOP` for what is no folder.
    public func folder(_ name: FileName) throws(SystemError) -> OpenFolder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        return OpenFolder(owning: try attempt("openat", name) { openat(descriptor, name.cString, flags) })
    }

    /// The folder that holds this one, wherever it is now.
    func parent() throws(SystemError) -> OpenFolder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        return OpenFolder(owning: try SystemError.attempt("openat", on: "..") { openat(descriptor, "..", flags) })
    }

    /// The folder that a path leads to when this folder is taken for the root: links, `..` and a leading slash cannot
    /// leave it. The corresponding C function is `openat2` with `RESOLVE_IN_ROOT`.
    public func folder(inRoot path: [UInt8]) throws(SystemError) -> OpenFolder {
        OpenFolder(owning: try openInRoot(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    /// Opens a file for reading by a path for which this folder is the root. Waits for nothing, not even a pipe's writer.
    public func file(inRoot path: [UInt8]) throws(SystemError) -> OwnedDescriptor {
        OwnedDescriptor(FileDescriptor(rawValue: try openInRoot(path, flags: O_RDONLY | O_CLOEXEC | O_NONBLOCK)))
    }

    /// What a path leads to when this folder is taken for the root; nil if there is nothing.
    ///
    /// - Parameter followsLast: whether a link in the last place is followed too.
    public func status(inRoot path: [UInt8], followsLast: Bool) throws(SystemError) -> FileStatus? {
        let flags = Int32(0o10000000) | O_CLOEXEC | (followsLast ? 0 : O_NOFOLLOW)  // O_PATH
        do throws(SystemError) {
            let found = OwnedDescriptor(FileDescriptor(rawValue: try openInRoot(path, flags: flags)))
            return try FileStatus.of(found.descriptor)
        } catch {
            guard [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) else { throw error }
            return nil
        }
    }

    private func openInRoot(_ path: [UInt8], flags: Int32) throws(SystemError) -> Int32 {
        let resolve: UInt64 = 0x10 | 0x02  // RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS
        let cString = path.map { CChar(bitPattern: $0) } + [0]
        guard !path.contains(0) else {
            throw SystemError("openat2", on: String(decoding: path, as: UTF8.self), errno: .invalidArgument)
        }
        return try SystemError.attempt("openat2", on: String(decoding: path, as: UTF8.self)) {
            tutti_openat2(descriptor, cString, UInt64(flags), 0, resolve)
        }
    }

    /// The names in the folder, in no order.
    public func entries() throws(SystemError) -> [FileName] {
        let copy = try SystemError.attempt("openat", on: ".") {
            openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = fdopendir(copy) else { throw SystemError("fdopendir", errno: Errno(rawValue: errno)) }
        defer { closedir(stream) }
        var names: [FileName] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { FileName($0.prefix { $0 != 0 }) }
            if let name { names.append(name) }
        }
        return names
    }

    /// The status of an entry; nil if there is none of that name.
    public func status(_ name: FileName) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard fstatat(descriptor, name.cString, &status, AT_SYMLINK_NOFOLLOW) != 0 else { return FileStatus(status) }
        let failure = Errno(rawValue: errno)
        guard failure == .noSuchFileOrDirectory else {
            throw SystemError("fstatat", on: name.description, errno: failure)
        }
        return nil
    }

    /// The folder's own status.
    public func status() throws(SystemError) -> FileStatus {
        try FileStatus.of(FileDescriptor(rawValue: descriptor))
    }

    /// What a symbolic link says.
    public func linkTarget(_ name: FileName) throws(SystemError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(descriptor, name.cString, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("readlinkat", on: name.description, errno: Errno(rawValue: errno)) }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// Opens a regular file for reading. Waits for nothing.
    public func file(_ name: FileName) throws(SystemError) -> OwnedDescriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let file = try attempt("openat", name) { openat(descriptor, name.cString, flags) }
        return OwnedDescriptor(FileDescriptor(rawValue: file))
    }

    /// Waits until the folder's entries are on the disk.
    public func synchronize() throws(SystemError) {
        _ = try SystemError.attempt("fsync") { fsync(descriptor) }
    }

    func attempt(_ call: String, _ name: FileName, _ body: () -> Int32) throws(SystemError) -> Int32 {
        try SystemError.attempt(call, on: name.description, body)
    }
}

extension SystemError {
    /// Makes a C call that returns -1 and sets `errno` when it fails, again as long as a signal interrupts it.
    static func attempt(
        _ call: String,
        on subject: @autoclosure () -> String? = nil,
        _ body: () -> Int32
    ) throws(SystemError) -> Int32 {
        while true {
            let result = body()
            let failure = Errno(rawValue: Glibc.errno)
            if result >= 0 { return result }
            if failure == .interrupted { continue }
            throw SystemError(call, on: subject(), errno: failure)
        }
    }
}
