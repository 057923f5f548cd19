import Glibc
import Linux
import SystemPackage

extension Duration {
    /// How long is waited for what has to come: it ends when it comes, so a slow machine may take its time.
    static let forSomething = Duration.seconds(10)
    /// How long is waited for what must not come: on a slow machine more passes, but nothing fails.
    static let forNothing = Duration.milliseconds(400)
}

/// A socket, closed with its value.
final class TestSocket {
    let descriptor: Int32

    init(_ type: __socket_type = SOCK_STREAM, _ family: IPAddress.Family = .v4, number: Int32 = 0) {
        descriptor = socket(family == .v4 ? AF_INET : AF_INET6, Int32(type.rawValue), number)
        wait(.forSomething)
    }

    /// How long a call on it may last.
    func wait(_ patience: Duration) {
        let (seconds, attoseconds) = patience.components
        var timeout = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Listens on every address of a family, in the calling thread's namespace.
    static func listening(on port: UInt16, _ family: IPAddress.Family = .v4) throws -> TestSocket {
        let socket = TestSocket(SOCK_STREAM, family)
        let code = socket.with(family == .v4 ? "0.0.0.0" : "::", port) { bind(socket.descriptor, $0, $1) }
        guard code == 0, listen(socket.descriptor, 16) == 0 else { throw Errno(rawValue: errno) }
        return socket
    }

    /// The error of an attempt to connect; nil if it succeeds.
    func connect(to address: String, _ port: UInt16) -> Errno? {
        with(address, port) { Glibc.connect(descriptor, $0, $1) } == 0 ? nil : Errno(rawValue: errno)
    }

    /// The address at the other end of the next connection.
    func acceptedPeer() throws -> String {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let connection = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor, $0, &length) }
        }
        guard connection >= 0 else { throw Errno(rawValue: errno) }
        close(connection)
        let place = address.ss_family == sa_family_t(AF_INET) ? 4..<8 : 8..<24
        return withUnsafeBytes(of: address) { IPAddress(bytes: $0[place])?.description ?? "" }
    }

    func with(_ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        guard address.contains(":") else {
            var storage = sockaddr_in()
            storage.sin_family = sa_family_t(AF_INET)
            storage.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &storage.sin_addr)
            return Self.rebind(&storage, body)
        }
        var storage = sockaddr_in6()
        storage.sin6_family = sa_family_t(AF_INET6)
        storage.sin6_port = port.bigEndian
        inet_pton(AF_INET6, address, &storage.sin6_addr)
        return Self.rebind(&storage, body)
    }

    private static func rebind<Address>(
        _ storage: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// What an attempt to connect from a namespace comes to; nil is a connection.
func connectionError(
    from namespace: String,
    to address: String,
    _ port: UInt16,
    wait patience: Duration = .forSomething
) throws -> Errno? {
    try NetworkNamespace.enter(FilePath(namespace)) { _ in
        let socket = TestSocket(SOCK_STREAM, address.contains(":") ? .v6 : .v4)
        socket.wait(patience)
        return socket.connect(to: address, port)
    }
}

/// SCTP by hand: the beginning of an association, which rules lead like any other, whether or not the kernel has sockets
/// for it (RFC 9260, sections 3.1 and 3.3.2).
enum Association {
    private static let number: Int32 = 132

    /// A socket that sees every packet of the protocol, in the calling thread's namespace.
    static func listening() -> TestSocket { TestSocket(SOCK_RAW, number: number) }

    /// Sends the beginning of an association to a port.
    static func begin(with address: String, _ port: UInt16) -> Bool {
        let socket = listening()
        let header: [UInt8] = [0x9C, 0x40, UInt8(port >> 8), UInt8(port & 0xFF), 0, 0, 0, 0]
        let chunk: [UInt8] = [1, 0, 0, 20, 0, 0, 0, 7, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
        let packet = header + checksum(header + [0, 0, 0, 0] + chunk) + chunk
        return socket.with(address, 0) { sendto(socket.descriptor, packet, packet.count, 0, $0, $1) > 0 ? 0 : -1 } == 0
    }

    /// Who begins an association with which port, such as `192.0.2.9 -> 7000`; nil if nobody does.
    static func beginning(on socket: TestSocket) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = recv(socket.descriptor, &bytes, bytes.count, 0)
        let start = Int(bytes[0] & 15) * 4
        guard count >= start + 32, let sender = IPAddress(bytes: bytes[12..<16]) else { return nil }
        var packet = Array(bytes[start..<count])
        let sum = Array(packet[8..<12])
        packet.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        guard packet[12] == 1, checksum(packet) == sum else { return nil }
        return "\(sender) -> \(UInt16(packet[2]) << 8 | UInt16(packet[3]))"
    }

    /// CRC32c, the lowest byte first (RFC 9260, appendix A).
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var register = UInt32.max
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return withUnsafeBytes(of: (~register).littleEndian) { Array($0) }
    }
}
