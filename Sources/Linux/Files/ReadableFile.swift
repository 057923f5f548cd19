import Glibc
public import SystemPackage

/// A file that is open for reading, for as long as the value lives.
public struct ReadableFile: ~Copyable, Sendable {
    private let descriptor: Int32
    /// Its number in its file system: with the device, its identity.
    public let inode: UInt64
    /// Its size in bytes when it was opened.
    public let size: Int

    /// What the kernel knows of it at present.
    public var status: FileStatus {
        get throws(SystemError) { try FileStatus.of(FileDescriptor(rawValue: descriptor)) }
    }

    /// A value of these parts.
    public init(_ path: FilePath) throws(SystemError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = Errno(rawValue: errno)
            close(descriptor)
            throw SystemError("fstat", on: path.string, errno: failure)
        }
        self.descriptor = descriptor
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes at an offset, `count` at most; none at the end.
    ///
    /// The corresponding C function is `pread`.
    public func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            let result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            if result < 0 { failure = Errno(rawValue: errno) }
            length = max(0, result)
        }
        if let failure { throw SystemError("pread", errno: failure) }
        return bytes
    }
}
