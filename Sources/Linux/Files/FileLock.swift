import Glibc
public import SystemPackage

/// A claim on a file, held for as long as the value lives: exclusive, or shared with others who share it.
///
/// The kernel drops the claim when its holder dies, so a free lock means a dead holder however the holder died and
/// whoever has its process identifier now.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Takes the claim, making the file (for its owner alone) where it is missing; nil if somebody else holds it.
    ///
    /// The corresponding C function is `flock`.
    public static func take(_ path: FilePath) throws(SystemError) -> FileLock? {
        try open(path, operation: LOCK_EX | LOCK_NB)
    }

    /// Takes the claim on a folder that is there; nil if somebody else holds it.
    public static func take(folder path: FilePath) throws(SystemError) -> FileLock? {
        try open(path, flags: O_RDONLY | O_DIRECTORY, operation: LOCK_EX | LOCK_NB)
    }

    /// Takes the claim on a folder as soon as whoever holds it lets go.
    public static func await(folder path: FilePath) throws(SystemError) -> FileLock? {
        try open(path, flags: O_RDONLY | O_DIRECTORY, operation: LOCK_EX)
    }

    /// Takes the claim as soon as whoever holds it lets go.
    public static func await(_ path: FilePath) throws(SystemError) -> FileLock? {
        try open(path, operation: LOCK_EX)
    }

    /// Shares the claim with others who do, as soon as nobody has it for itself, making the file where it is missing.
    ///
    /// A file that was removed while it was waited for claims nothing: what is held is the file that is at the path.
    public static func share(_ path: FilePath) throws(SystemError) -> FileLock {
        while true {
            guard let lock = try open(path, operation: LOCK_SH) else { continue }
            if try lock.isOf(path) { return lock }
        }
    }

    /// Whether the file that is held is still the one at the path.
    public borrowing func isOf(_ path: FilePath) throws(SystemError) -> Bool {
        let held = try FileStatus.of(FileDescriptor(rawValue: descriptor))
        return try FileStatus.of(path).map { ($0.device, $0.inode) == (held.device, held.inode) } ?? false
    }

    /// Adds to what is in the file that is held, which says more of the claim.
    public borrowing func append(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("write", errno: Errno(rawValue: errno)) }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether somebody holds the claim. A missing file is held by nobody.
    public static func isHeld(_ path: FilePath) throws(SystemError) -> Bool {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            let failure = Errno(rawValue: errno)
            if failure == .noSuchFileOrDirectory { return false }
            throw SystemError("open", on: path.string, errno: failure)
        }
        defer { Glibc.close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return false }
        let failure = Errno(rawValue: errno)
        guard failure == .wouldBlock else { throw SystemError("flock", on: path.string, errno: failure) }
        return true
    }

    private static func open(
        _ path: FilePath,
        flags: Int32 = O_RDWR | O_CREAT,
        operation: Int32
    ) throws(SystemError) -> FileLock? {
        let descriptor = Glibc.open(path.string, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        while flock(descriptor, operation) != 0 {
            let failure = Errno(rawValue: errno)
            if failure == .interrupted { continue }
            Glibc.close(descriptor)
            if failure == .wouldBlock { return nil }
            throw SystemError("flock", on: path.string, errno: failure)
        }
        return FileLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }
}
