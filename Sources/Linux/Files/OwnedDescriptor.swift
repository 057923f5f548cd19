import Glibc
public import SystemPackage

/// A descriptor that is closed when the value ends.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor, for as long as the value lives.
    public let descriptor: FileDescriptor

    /// Takes the descriptor over.
    public init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit { Glibc.close(descriptor.rawValue) }

    /// Gives the descriptor away: whoever takes it closes it.
    public consuming func release() -> FileDescriptor {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// Writes some of the bytes, all of them.
    public borrowing func write(_ bytes: [UInt8], _ range: Range<Int>) throws(SystemError) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard let count = try descriptor.writeAvailable(bytes, range: start..<range.upperBound) else {
                throw SystemError("write", errno: .wouldBlock)
            }
            start += count
        }
    }

    /// Writes all of the bytes.
    public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
        try write(bytes, 0..<bytes.count)
    }

    /// Waits until what was written is on the disk. The corresponding C function is `fsync`.
    public borrowing func synchronize() throws(SystemError) {
        _ = try SystemError.attempt("fsync") { fsync(descriptor.rawValue) }
    }

    /// Gives it another owner and group. `fchown(2)`
    public borrowing func setOwner(uid: UInt32, gid: UInt32) throws(SystemError) {
        _ = try SystemError.attempt("fchown") { fchown(descriptor.rawValue, uid, gid) }
    }

    /// Gives it other permissions. `fchmod(2)`
    public borrowing func setMode(_ mode: UInt32) throws(SystemError) {
        _ = try SystemError.attempt("fchmod") { fchmod(descriptor.rawValue, mode) }
    }

    /// The next bytes, at most `count`; none at the end.
    public borrowing func read(_ count: Int) throws(SystemError) -> [UInt8] {
        var failure: Errno?
        let file = descriptor.rawValue
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = 0
            repeat {
                result = Glibc.read(file, buffer.baseAddress, count)
                failure = result < 0 ? Errno(rawValue: errno) : nil
            } while failure == .interrupted
            filled = max(0, result)
        }
        if let failure { throw SystemError("read", errno: failure) }
        return bytes
    }

    /// Opens a file at a path for reading.
    public static func reading(_ path: FilePath) throws(SystemError) -> OwnedDescriptor {
        let file = try SystemError.attempt("open", on: path.string) { open(path.string, O_RDONLY | O_CLOEXEC) }
        return OwnedDescriptor(FileDescriptor(rawValue: file))
    }

    /// Opens a file at a path for writing, empty, making it where it is missing.
    public static func writing(_ path: FilePath, mode: UInt32 = 0o644) throws(SystemError) -> OwnedDescriptor {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let file = try SystemError.attempt("open", on: path.string) { open(path.string, flags, mode) }
        return OwnedDescriptor(FileDescriptor(rawValue: file))
    }
}

extension OwnedDescriptor {
    /// `O_TMPFILE` (open(2)), a macro that the importer leaves out.
    private static let namelessFlags = 0o20000000 | O_DIRECTORY

    /// A file without a name, which is gone with the last who holds it open unless it is published.
    public static func nameless(in folder: FilePath, mode: UInt32 = 0o644) throws(SystemError) -> OwnedDescriptor {
        let file = try SystemError.attempt("open", on: folder.string) {
            open(folder.string, namelessFlags | O_RDWR | O_CLOEXEC, mode)
        }
        return OwnedDescriptor(FileDescriptor(rawValue: file))
    }

    /// Gives a nameless file its name; false if something has it already.
    ///
    /// The corresponding C function is `linkat`.
    public borrowing func publish(as path: FilePath) throws(SystemError) -> Bool {
        let source = "/proc/self/fd/\(descriptor.rawValue)"
        guard linkat(AT_FDCWD, source, AT_FDCWD, path.string, AT_SYMLINK_FOLLOW) != 0 else { return true }
        let failure = Errno(rawValue: errno)
        guard failure == .fileExists else { throw SystemError("linkat", on: path.string, errno: failure) }
        return false
    }
}
