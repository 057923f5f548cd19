import CEvents
import Glibc
public import SystemPackage

/// A connection between two processes of this machine that keeps packets whole and in order
/// (`AF_UNIX`, `SOCK_SEQPACKET`).
public struct PacketSocket: Hashable, Sendable {
    /// What a read brought.
    public enum Received: Hashable, Sendable {
        case packet([UInt8])
        /// Nothing is there at present; only a non-blocking socket says so.
        case nothing
        /// The other side has closed, or has gone.
        case end
    }

    /// The largest packet that is received whole.
    public static let maximumPacket = 64 * 1024

    /// The socket, to be watched and closed.
    public let descriptor: FileDescriptor

    /// Takes over a connected socket.
    public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Two ends of a connection.
    ///
    /// The corresponding C function is `socketpair`.
    public static func pair() throws(SystemError) -> (PacketSocket, PacketSocket) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, seqpacket, 0, &ends) == 0 else {
            throw SystemError("socketpair", errno: Errno(rawValue: errno))
        }
        return (PacketSocket(FileDescriptor(rawValue: ends[0])), PacketSocket(FileDescriptor(rawValue: ends[1])))
    }

    /// Connects to the socket of that name in a folder. The path may be longer than a socket address has room for.
    public static func connect(to name: String, in folder: FilePath) throws(SystemError) -> PacketSocket {
        try withSocket(name, in: folder) { (number, address, length) in
            Glibc.connect(number, address, length) == 0 ? nil : "connect"
        }
    }

    /// Makes a socket of that name in a folder, which only its owner can connect to; ``accept()`` gives the connections.
    public static func listen(at name: String, in folder: FilePath) throws(SystemError) -> PacketSocket {
        PacketSocket(try LocalAddress.listen(seqpacket, name, in: folder))
    }

    /// The next connection, non-blocking; nil if there is none at present, or if it has gone again.
    public func accept() throws(SystemError) -> PacketSocket? {
        let result = tutti_accept(descriptor.rawValue, 1)
        if result >= 0 { return PacketSocket(FileDescriptor(rawValue: result)) }
        let gone: [Errno] = [.wouldBlock, .connectionAbort, .interrupted]
        if gone.contains(Errno(rawValue: -result)) { return nil }
        throw SystemError("accept4", errno: Errno(rawValue: -result))
    }

    /// The user of the process at the other end, as the kernel knows it.
    public func peerUser() throws(SystemError) -> UInt32 {
        var user: UInt32 = .max
        try SystemError.check("getsockopt", tutti_peer_user(descriptor.rawValue, &user))
        return user
    }

    /// Sends a packet. False says that there is no room for it at present; only a non-blocking socket says so.
    ///
    /// A closed other side is an error (`EPIPE`), never a signal.
    public func send(_ packet: [UInt8]) throws(SystemError) -> Bool {
        while true {
            let sent = packet.withUnsafeBytes {
                Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 { return true }
            let error = Errno(rawValue: Glibc.errno)
            if error == .interrupted { continue }
            if error == .wouldBlock { return false }
            throw SystemError("send", errno: error)
        }
    }

    /// The next packet.
    public func receive() throws(SystemError) -> Received {
        while true {
            var count = 0
            let packet = [UInt8](unsafeUninitializedCapacity: Self.maximumPacket) { buffer, length in
                count = recv(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
                length = max(count, 0)
            }
            if count > 0 { return .packet(packet) }
            if count == 0 { return .end }
            let error = Errno(rawValue: Glibc.errno)
            switch error {
            case .interrupted: continue
            case .wouldBlock: return .nothing
            case .connectionReset: return .end
            default: throw SystemError("recv", errno: error)
            }
        }
    }

    /// Closes this end.
    public func close() { try? descriptor.close() }

    private static let seqpacket = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    private static func withSocket(
        _ name: String,
        in folder: FilePath,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> String?
    ) throws(SystemError) -> PacketSocket {
        PacketSocket(try LocalAddress.withSocket(seqpacket, name, in: folder, body))
    }
}
