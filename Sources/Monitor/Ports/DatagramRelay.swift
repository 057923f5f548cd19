import Linux
import SystemPackage

/// Holds a UDP port and carries its datagrams to the container, the answers back to whoever asked.
final class DatagramRelay: HeldPortRelay {
    private struct Conversation {
        let socket: FileDescriptor
        var lastUse: MonotonicTime
    }

    private let loop: EventLoop
    private let socket: FileDescriptor
    private let target: TransportAddress
    private var conversations: [TransportAddress: Conversation] = [:]
    private var expiry: Deadline?

    /// How long after its last datagram a conversation is forgotten.
    private static let patience = Duration.seconds(90)
    /// More conversations than this at once are not begun.
    private static let maximumConversations = 1024

    init(from place: TransportAddress, to target: TransportAddress, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        self.target = target
        socket = try InternetSocket.listen(.udp, at: place)
        try loop.watch(socket, for: .readable) { [unowned self] _ in receive() }
    }

    func close() {
        loop.forget(socket)
        try? socket.close()
        if let expiry { loop.cancel(expiry) }
        for client in conversations.keys { end(client) }
    }

    private func receive() {
        guard let datagram = try? InternetSocket.receive(on: socket) else { return }
        guard let container = conversation(with: datagram.from) else { return }
        InternetSocket.send(datagram.bytes, to: target, on: container)
    }

    /// The socket whose answers go to the client.
    private func conversation(with client: TransportAddress) -> FileDescriptor? {
        if let present = conversations[client] {
            conversations[client]?.lastUse = .now
            return present.socket
        }
        guard conversations.count < Self.maximumConversations else { return nil }
        do throws(SystemError) {
            let container = try InternetSocket.connect(.udp, to: target)
            try loop.watch(container, for: .readable) { [unowned self] _ in answer(client) }
            conversations[client] = Conversation(socket: container, lastUse: .now)
            scheduleExpiry()
            return container
        } catch {
            return nil
        }
    }

    private func answer(_ client: TransportAddress) {
        guard let container = conversations[client]?.socket else { return }
        do throws(SystemError) {
            guard let datagram = try InternetSocket.receive(on: container) else { return }
            conversations[client]?.lastUse = .now
            InternetSocket.send(datagram.bytes, to: client, on: socket)
        } catch {
            // Nobody listens in the container: the client may ask again.
            return
        }
    }

    private func scheduleExpiry() {
        guard expiry == nil, !conversations.isEmpty else { return }
        expiry = loop.schedule(after: Self.patience) { [unowned self] in
            expiry = nil
            let now = MonotonicTime.now
            for (client, conversation) in conversations
            where conversation.lastUse.duration(to: now) >= Self.patience { end(client) }
            scheduleExpiry()
        }
    }

    private func end(_ client: TransportAddress) {
        guard let conversation = conversations.removeValue(forKey: client) else { return }
        loop.forget(conversation.socket)
        try? conversation.socket.close()
    }
}
