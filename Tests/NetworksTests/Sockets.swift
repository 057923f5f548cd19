import Glibc
import Linux
import SystemPackage

/// A TCP socket, closed with its value.
final class TestSocket {
    let descriptor: Int32

    init(_ type: __socket_type = SOCK_STREAM) {
        descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var timeout = timeval(tv_sec: 0, tv_usec: 400_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Listens on every address, in the calling thread's namespace.
    static func listening(on port: UInt16) throws -> TestSocket {
        let socket = TestSocket()
        let code = socket.with("0.0.0.0", port) { bind(socket.descriptor, $0, $1) }
        guard code == 0, listen(socket.descriptor, 16) == 0 else { throw Errno(rawValue: errno) }
        return socket
    }

    /// The error of an attempt to connect; nil if it succeeds.
    func connect(to address: String, _ port: UInt16) -> Errno? {
        with(address, port) { Glibc.connect(descriptor, $0, $1) } == 0 ? nil : Errno(rawValue: errno)
    }

    /// The address at the other end of the next connection.
    func acceptedPeer() throws -> String {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connection = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor, $0, &length) }
        }
        guard connection >= 0 else { throw Errno(rawValue: errno) }
        close(connection)
        return IPAddress(.v4, number: UInt128(UInt32(bigEndian: address.sin_addr.s_addr))).description
    }

    func with(_ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var storage = sockaddr_in()
        storage.sin_family = sa_family_t(AF_INET)
        storage.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &storage.sin_addr)
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// What an attempt to connect from a namespace comes to; nil is a connection.
func connectionError(from namespace: String, to address: String, _ port: UInt16) throws -> Errno? {
    try NetworkNamespace.enter(FilePath(namespace)) { _ in TestSocket().connect(to: address, port) }
}
