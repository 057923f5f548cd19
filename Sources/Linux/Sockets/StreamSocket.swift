import CEvents
import Glibc
public import SystemPackage

/// A stream between two processes of this machine (`AF_UNIX`, `SOCK_STREAM`), whose calls wait.
public struct StreamSocket: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    private init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    private static let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    /// Connects to a socket. The folder may be longer than a socket address has room for.
    public static func connect(to path: FilePath) throws(SystemError) -> StreamSocket {
        let folder = path.removingLastComponent()
        let descriptor = try LocalAddress.withSocket(
            stream,
            path.lastComponent?.string ?? "",
            in: folder.isEmpty ? "." : folder
        ) { (number, address, length) in Glibc.connect(number, address, length) == 0 ? nil : "connect" }
        return StreamSocket(OwnedDescriptor(descriptor))
    }

    /// Makes a socket of that name in a folder, which nobody but root can connect to at first.
    public static func listen(at name: String, in folder: FilePath) throws(SystemError) -> StreamSocket {
        StreamSocket(OwnedDescriptor(try LocalAddress.listen(stream, name, in: folder)))
    }

    /// The next connection; nil once the socket was ended.
    public borrowing func accept() throws(SystemError) -> StreamSocket? {
        while true {
            let result = tutti_accept(descriptor.descriptor.rawValue, 0)
            if result >= 0 { return StreamSocket(OwnedDescriptor(FileDescriptor(rawValue: result))) }
            let error = Errno(rawValue: -result)
            if error == .invalidArgument { return nil }
            guard [.connectionAbort, .interrupted].contains(error) else { throw SystemError("accept4", errno: error) }
        }
    }

    /// Exactly so many bytes; nil if the other side ends before.
    public borrowing func read(exactly count: Int) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try descriptor.read(count - bytes.count)
            guard !piece.isEmpty else { return nil }
            bytes += piece
        }
        return bytes
    }

    /// Sends all of the bytes. A closed other side is an error (`EPIPE`), never a signal.
    public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor.descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if Errno(rawValue: errno) != .interrupted {
                throw SystemError("send", errno: Errno(rawValue: errno))
            }
        }
    }

    /// Ends it for whoever waits on it, here and at the other side.
    public borrowing func end() { shutdown(descriptor.descriptor.rawValue, Int32(SHUT_RDWR)) }
}
