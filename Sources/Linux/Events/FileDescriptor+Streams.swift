import CEvents
import Glibc
public import SystemPackage

extension FileDescriptor {
    /// Reads what is there, up to the buffer's length. 0 is the end of the stream, nil that nothing is there at present.
    ///
    /// The corresponding C function is `read`. The end of a terminal whose other side has gone (`EIO`) is an end.
    public func readAvailable(into buffer: inout [UInt8]) throws(SystemError) -> Int? {
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            let error = Errno(rawValue: Glibc.errno)
            switch error {
            case .interrupted: continue
            case .wouldBlock: return nil
            case .ioError: return 0
            default: throw SystemError("read", errno: error)
            }
        }
    }

    /// Reads all that is still to come. More than `limit` bytes are an error (`EFBIG`).
    ///
    /// - Parameter name: what is read, for the error.
    public func readToEnd(limit: Int, of name: String) throws(SystemError) -> [UInt8] {
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try readAvailable(into: &buffer), count > 0 {
            contents += buffer[..<count]
            guard contents.count <= limit else { throw SystemError("read", on: name, errno: .fileTooLarge) }
        }
        return contents
    }

    /// Writes what fits of the bytes from `start` on. nil says that nothing fits at present.
    ///
    /// The corresponding C function is `write`.
    public func writeAvailable(_ bytes: [UInt8], from start: Int = 0) throws(SystemError) -> Int? {
        try writeAvailable(bytes, range: start..<bytes.count)
    }

    /// Writes what fits of some of the bytes. nil says that nothing fits at present.
    ///
    /// The corresponding C function is `write`.
    public func writeAvailable(_ bytes: [UInt8], range: Range<Int>) throws(SystemError) -> Int? {
        while true {
            let count = bytes[range].withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            let error = Errno(rawValue: Glibc.errno)
            switch error {
            case .interrupted: continue
            case .wouldBlock: return nil
            default: throw SystemError("write", errno: error)
            }
        }
    }

    /// Makes reads and writes return at once when they would wait (`O_NONBLOCK`). The setting belongs to the open file,
    /// so everyone who shares it is concerned.
    public func setNonBlocking(_ isNonBlocking: Bool = true) throws(SystemError) {
        try SystemError.check("fcntl", tutti_set_nonblocking(rawValue, isNonBlocking ? 1 : 0))
    }

    /// Asks for room for that many bytes in a pipe; the kernel may give less to the unprivileged.
    public func setPipeCapacity(_ bytes: Int) throws(SystemError) {
        try SystemError.check("fcntl", tutti_set_pipe_size(rawValue, Int32(clamping: bytes)))
    }

    /// A pipe whose ends are close-on-exec.
    ///
    /// The corresponding C function is `pipe2`.
    public static func closeOnExecPipe() throws(SystemError) -> (reading: FileDescriptor, writing: FileDescriptor) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { bytes in
            bytes.withMemoryRebound(to: Int32.self) { tutti_pipe($0.baseAddress, 0) }
        }
        try SystemError.check("pipe2", result)
        return (FileDescriptor(rawValue: ends.0), FileDescriptor(rawValue: ends.1))
    }

    /// Another descriptor for the same open file, close-on-exec.
    ///
    /// The corresponding C function is `fcntl` with `F_DUPFD_CLOEXEC`.
    public func closeOnExecCopy() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: try SystemError.check("fcntl", tutti_duplicate(rawValue, 3)))
    }

    /// The file that takes everything and gives nothing.
    public static func null() throws(SystemError) -> FileDescriptor {
        let descriptor = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: "/dev/null", errno: Errno(rawValue: errno)) }
        return FileDescriptor(rawValue: descriptor)
    }

    /// Closes every descriptor from the given number on.
    ///
    /// The corresponding C function is `close_range`.
    public static func closeAll(from first: Int32) throws(SystemError) {
        try SystemError.check("close_range", tutti_close_from(UInt32(first), 0))
    }
}
