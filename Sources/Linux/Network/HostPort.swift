import Glibc
import SystemPackage

/// A transport port of this host at one of its addresses.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// How the port is spoken to.
    public var transport: TransportProtocol
    /// One of the host's addresses, or the one that stands for all of its family.
    public var address: IPAddress
    /// The port's number.
    public var number: UInt16

    /// A port at an address.
    public init(_ transport: TransportProtocol, at address: IPAddress, number: UInt16) {
        self.transport = transport
        self.address = address
        self.number = number
    }

    /// Such as `tcp-0.0.0.0-80`.
    public var description: String { "\(transport.rawValue)-\(address)-\(number)" }

    /// Whether the two cannot be listened on at once by different sockets.
    public func conflicts(with other: HostPort) -> Bool {
        transport == other.transport && number == other.number && address.family == other.address.family
            && (address == other.address || address.isUnspecified || other.address.isUnspecified)
    }

    /// Listens for a moment, and gives the port's number; with the number 0 it is one that the kernel chooses.
    ///
    /// Nobody holds the port afterwards: whoever listens on it in earnest has the last word.
    public func listenBriefly() throws(SystemError) -> UInt16 {
        let kind = transport.hasConnections ? SOCK_STREAM : SOCK_DGRAM
        let family = address.family == .v4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), Int32(transport.number))
        try check("socket", descriptor)
        defer { close(descriptor) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        if transport.hasConnections { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) }
        if address.family == .v6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        var storage = SocketAddress(address, port: number)
        try check("bind", storage.withPointer { bind(descriptor, $0, $1) })
        if transport.hasConnections { try check("listen", listen(descriptor, 1)) }
        return try storage.port(of: descriptor)
    }

    private func check(_ call: String, _ result: Int32) throws(SystemError) {
        let code = errno
        guard result >= 0 else { throw SystemError(call, on: description, errno: Errno(rawValue: code)) }
    }
}

/// An address and a port as socket calls take them.
private struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    init(_ address: IPAddress, port: UInt16) {
        length = socklen_t(address.family == .v4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
        // The address lies at 4 in sockaddr_in, and at 8 in sockaddr_in6; the port at 2 in both.
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.storeBytes(of: sa_family_t(address.family.number), as: sa_family_t.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            for (place, byte) in address.bytes.enumerated() { bytes[(address.family == .v4 ? 4 : 8) + place] = byte }
        }
    }

    mutating func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        let length = length
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// The port that a bound socket got.
    mutating func port(of descriptor: Int32) throws(SystemError) -> UInt16 {
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw SystemError("getsockname", errno: Errno(rawValue: errno)) }
        return withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }
}

extension HostPort: LosslessStringConvertible {
    /// Reads what ``description`` gives.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let transport = TransportProtocol(rawValue: String(parts[0])),
            let address = IPAddress(String(parts[1])),
            let number = UInt16(parts[2])
        else { return nil }
        self.init(transport, at: address, number: number)
    }
}
