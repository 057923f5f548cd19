import CEvents
import Glibc
public import SystemPackage

/// Where a program listens: an address and a port.
public struct TransportAddress: Hashable, Sendable, CustomStringConvertible {
    /// The machine.
    public var address: IPAddress
    /// The program.
    public var port: UInt16

    /// A port of an address.
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// As in a URL: `127.0.0.1:80`, `[::1]:80`.
    public var description: String { address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)" }

    /// The address as a socket takes it: `sockaddr_in` or `sockaddr_in6`.
    fileprivate var bytes: [UInt8] {
        let family = UInt16(address.family == .v4 ? AF_INET : AF_INET6)
        let head = withUnsafeBytes(of: family) { Array($0) } + [UInt8(port >> 8), UInt8(port & 0xff)]
        guard address.family == .v6 else { return head + address.bytes + [UInt8](repeating: 0, count: 8) }
        return head + [0, 0, 0, 0] + address.bytes + [0, 0, 0, 0]
    }

    fileprivate init?(bytes: [UInt8]) {
        guard bytes.count >= 16 else { return nil }
        let family = Int32(bytes[0]) | Int32(bytes[1]) << 8
        let place = family == AF_INET ? 4..<8 : 8..<24
        guard place.upperBound <= bytes.count, let address = IPAddress(bytes: bytes[place]) else { return nil }
        self.init(address, port: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
    }
}

/// Sockets of the Internet protocols, never waiting and close-on-exec.
public enum InternetSocket {
    /// Takes a port, so that nobody else can; connections can be accepted from now on where there are any.
    ///
    /// A version 6 address takes the port in version 6 alone.
    /// - Parameter isShared: whether other sockets of the same user may take it as well, and get a share of what comes.
    public static func listen(
        _ transport: TransportProtocol,
        at place: TransportAddress,
        isShared: Bool = false
    ) throws(SystemError) -> FileDescriptor {
        try open(transport, place) { (number, address, length) in
            var yes: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            if transport.hasConnections { setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, size) }
            if isShared { setsockopt(number, SOL_SOCKET, SO_REUSEPORT, &yes, size) }
            if place.address.family == .v6 { setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
            guard bind(number, address, length) == 0 else { return "bind" }
            guard transport.hasConnections else { return nil }
            return Glibc.listen(number, 1024) == 0 ? nil : "listen"
        }
    }

    /// Begins to connect. The socket is writable when that is over, and ``failure(of:)`` says how it went.
    public static func connect(
        _ transport: TransportProtocol,
        to place: TransportAddress
    ) throws(SystemError) -> FileDescriptor {
        try open(transport, place) { (number, address, length) in
            guard Glibc.connect(number, address, length) != 0 else { return nil }
            return errno == EINPROGRESS ? nil : "connect"
        }
    }

    /// Why a connection could not be made, or broke; nil if all is well.
    public static func failure(of socket: FileDescriptor) -> Errno? {
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket.rawValue, SOL_SOCKET, SO_ERROR, &failure, &size)
        return failure == 0 ? nil : Errno(rawValue: failure)
    }

    /// The next connection; nil if there is none at present.
    public static func accept(on listener: FileDescriptor) throws(SystemError) -> FileDescriptor? {
        let result = tutti_accept(listener.rawValue, 1)
        if result >= 0 { return FileDescriptor(rawValue: result) }
        let gone: [Errno] = [.wouldBlock, .connectionAbort, .interrupted]
        if gone.contains(Errno(rawValue: -result)) { return nil }
        throw SystemError("accept4", errno: Errno(rawValue: -result))
    }

    /// The address that a socket was given.
    public static func ownAddress(of socket: FileDescriptor) throws(SystemError) -> TransportAddress {
        var bytes = [UInt8](repeating: 0, count: 28)
        var length = socklen_t(bytes.count)
        let result = bytes.withUnsafeMutableBytes { room in
            room.withMemoryRebound(to: sockaddr.self) { getsockname(socket.rawValue, $0.baseAddress, &length) }
        }
        guard result == 0, let address = TransportAddress(bytes: bytes) else {
            throw SystemError("getsockname", errno: Errno(rawValue: errno))
        }
        return address
    }

    /// Says that nothing more will be written; the other side reads an end.
    public static func endWriting(_ socket: FileDescriptor) { shutdown(socket.rawValue, Int32(SHUT_WR)) }

    /// The next datagram and who sent it; nil if there is none at present.
    public static func receive(on socket: FileDescriptor) throws(SystemError) -> (
        bytes: [UInt8], from: TransportAddress
    )? {
        var sender = [UInt8](repeating: 0, count: 28)
        var length = socklen_t(sender.count)
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
            count = sender.withUnsafeMutableBytes { room in
                room.withMemoryRebound(to: sockaddr.self) {
                    recvfrom(socket.rawValue, buffer.baseAddress, buffer.count, 0, $0.baseAddress, &length)
                }
            }
            initialized = max(count, 0)
        }
        let failure = Errno(rawValue: errno)
        if count >= 0 { return TransportAddress(bytes: sender).map { (bytes, $0) } }
        guard failure == .wouldBlock || failure == .interrupted else { throw SystemError("recvfrom", errno: failure) }
        return nil
    }

    /// Sends a datagram to an address. One that cannot be sent now is dropped, as the network may drop it as well.
    public static func send(_ bytes: [UInt8], to place: TransportAddress, on socket: FileDescriptor) {
        let address = place.bytes
        _ = address.withUnsafeBytes { room in
            room.withMemoryRebound(to: sockaddr.self) { pointer in
                bytes.withUnsafeBytes { datagram in
                    sendto(
                        socket.rawValue,
                        datagram.baseAddress,
                        datagram.count,
                        Int32(MSG_NOSIGNAL),
                        pointer.baseAddress,
                        socklen_t(address.count)
                    )
                }
            }
        }
    }

    /// Makes a socket and does something with it and the address; the body gives the name of the call that did not succeed.
    private static func open(
        _ transport: TransportProtocol,
        _ place: TransportAddress,
        _ body: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> String?
    ) throws(SystemError) -> FileDescriptor {
        let number = socket(
            place.address.family == .v4 ? AF_INET : AF_INET6,
            transport.socketType,
            Int32(transport.number)
        )
        guard number >= 0 else { throw SystemError("socket", errno: Errno(rawValue: errno)) }
        let bytes = place.bytes
        let failed = bytes.withUnsafeBytes { room in
            room.withMemoryRebound(to: sockaddr.self) { body(number, $0.baseAddress, socklen_t(bytes.count)) }
        }
        guard let failed else { return FileDescriptor(rawValue: number) }
        let failure = Errno(rawValue: errno)
        close(number)
        throw SystemError(failed, on: "\(place)", errno: failure)
    }
}

extension TransportProtocol {
    fileprivate var socketType: Int32 {
        Int32(hasConnections ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
            | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    }
}
