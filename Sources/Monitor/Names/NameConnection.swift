import Linux
import NameResolution
import SystemPackage

/// A TCP connection on which questions are asked, each with its length before it (RFC 1035, section 4.2.2).
final class NameConnection {
    private let loop: EventLoop
    private let socket: FileDescriptor
    private unowned let server: NameServer
    private var bytes: [UInt8] = []
    private var idle: Deadline?
    private var isOpen = true
    var ended: () -> Void = {}

    /// How long a connection may be silent.
    private static let patience = Duration.seconds(10)

    init(_ socket: FileDescriptor, server: NameServer, loop: EventLoop) throws(SystemError) {
        self.socket = socket
        self.server = server
        self.loop = loop
        try loop.watch(socket, for: .readable) { [unowned self] _ in read() }
        awaitMore()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(socket)
        if let idle { loop.cancel(idle) }
        try? socket.close()
        ended()
    }

    private func awaitMore() {
        if let idle { loop.cancel(idle) }
        idle = loop.schedule(after: Self.patience) { [unowned self] in close() }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard let count = try? socket.readAvailable(into: &buffer) else { return close() }
        guard count > 0 else { return close() }
        bytes += buffer[..<count]
        awaitMore()
        while let packet = DNSFrame.take(from: &bytes) {
            server.answer(packet, over: .tcp) { [weak self] in self?.write($0) }
        }
    }

    private func write(_ answer: [UInt8]) {
        guard isOpen else { return }
        let frame = DNSFrame.around(answer)
        // Whoever does not read the answers to its questions gets no more of them.
        guard let written = try? socket.writeAvailable(frame), written == frame.count else { return close() }
    }
}

/// Packets in a stream: each has its length before it, two bytes.
enum DNSFrame {
    /// Takes the first whole packet off the front.
    static func take(from bytes: inout [UInt8]) -> [UInt8]? {
        guard bytes.count >= 2 else { return nil }
        let length = Int(bytes[0]) << 8 | Int(bytes[1])
        guard bytes.count >= 2 + length else { return nil }
        defer { bytes.removeFirst(2 + length) }
        return Array(bytes[2..<(2 + length)])
    }

    static func around(_ packet: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: packet.count >> 8), UInt8(truncatingIfNeeded: packet.count)] + packet
    }
}
