import Linux
import NameResolution
import SystemPackage

/// One question to the servers outside, one server after the other until one has an answer.
///
/// A server that fails or refuses, or says nothing for four seconds, is passed over; any other answer is final.
final class UpstreamQuery {
    private let loop: EventLoop
    private let packet: [UInt8]
    private let transport: DNSTransport
    private var servers: ArraySlice<TransportAddress>
    private var socket: FileDescriptor?
    private var deadline: Deadline?
    private var hasAsked = false
    private var received: [UInt8] = []
    /// What happens with the answer, or with the want of one.
    var ended: ([UInt8]?) -> Void = { _ in }

    private static let patience = Duration.seconds(4)

    init(_ packet: [UInt8], to servers: [TransportAddress], over transport: DNSTransport, loop: EventLoop) {
        self.packet = packet
        self.servers = servers[...]
        self.transport = transport
        self.loop = loop
    }

    func begin() { askNext() }

    func cancel() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        guard let socket else { return }
        loop.forget(socket)
        try? socket.close()
        self.socket = nil
    }

    private func askNext() {
        cancel()
        guard let server = servers.popFirst() else { return ended(nil) }
        hasAsked = false
        received = []
        do throws(SystemError) {
            let socket = try InternetSocket.connect(transport == .udp ? .udp : .tcp, to: server)
            self.socket = socket
            try loop.watch(socket, for: .writable) { [unowned self] _ in proceed() }
            deadline = loop.schedule(after: Self.patience) { [unowned self] in askNext() }
        } catch {
            askNext()
        }
    }

    private func proceed() {
        guard let socket else { return }
        do throws(SystemError) {
            guard hasAsked else { return try ask(on: socket) }
            var buffer = [UInt8](repeating: 0, count: 65535)
            guard let count = try socket.readAvailable(into: &buffer) else { return }
            guard count > 0 || transport == .udp else { return askNext() }
            take(Array(buffer[..<count]))
        } catch {
            askNext()
        }
    }

    private func ask(on socket: FileDescriptor) throws(SystemError) {
        guard InternetSocket.failure(of: socket) == nil else { return askNext() }
        let question = transport == .udp ? packet : DNSFrame.around(packet)
        guard try socket.writeAvailable(question) == question.count else { return askNext() }
        hasAsked = true
        try loop.change(socket, to: .readable)
    }

    private func take(_ bytes: [UInt8]) {
        var answer = bytes
        if transport == .tcp {
            received += bytes
            guard let whole = DNSFrame.take(from: &received) else { return }
            answer = whole
        }
        // The number is the question's, and the first bit says that it is an answer (RFC 1035, section 4.1.1).
        guard answer.count >= 12, answer[..<2] == packet[..<2], answer[2] & 0x80 != 0 else { return }
        let outcome = DNSOutcome(rawValue: answer[3] & 15)
        guard outcome != .serverFailure, outcome != .refused else { return askNext() }
        cancel()
        ended(answer)
    }
}
