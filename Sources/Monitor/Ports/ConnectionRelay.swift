import Linux
import SystemPackage

/// Holds a port of a protocol with connections, and carries them to the container.
final class ConnectionRelay: HeldPortRelay {
    private let loop: EventLoop
    private let transport: TransportProtocol
    private let listener: FileDescriptor
    private let target: TransportAddress
    private var connections: [ObjectIdentifier: RelayedConnection] = [:]
    private var pause: Deadline?

    init(
        _ transport: TransportProtocol,
        from place: TransportAddress,
        to target: TransportAddress,
        loop: EventLoop
    ) throws(SystemError) {
        self.loop = loop
        self.transport = transport
        self.target = target
        listener = try InternetSocket.listen(transport, at: place)
        try loop.watch(listener, for: .readable) { [unowned self] _ in accept() }
    }

    func close() {
        loop.forget(listener)
        if let pause { loop.cancel(pause) }
        try? listener.close()
        for connection in connections.values { connection.close() }
    }

    private func accept() {
        do throws(SystemError) {
            guard let client = try InternetSocket.accept(on: listener) else { return }
            carry(client)
        } catch {
            // No descriptors or no memory: whoever waits is still there a little later.
            try? loop.change(listener, to: [])
            pause = loop.schedule(after: .milliseconds(100)) { [unowned self] in
                try? loop.change(listener, to: .readable)
            }
        }
    }

    private func carry(_ client: FileDescriptor) {
        do throws(SystemError) {
            let server = try InternetSocket.connect(transport, to: target)
            let connection = try RelayedConnection(client, server, loop: loop)
            let identifier = ObjectIdentifier(connection)
            connections[identifier] = connection
            connection.ended = { [unowned self] in connections[identifier] = nil }
        } catch {
            try? client.close()
        }
    }
}

/// Carries bytes between two connections in both directions, each no faster than the other side reads.
final class RelayedConnection {
    /// The bytes read from one side that the other has not taken.
    private struct Direction {
        var bytes: [UInt8] = []
        var hasEnded = false
        var isOver = false
    }

    private let loop: EventLoop
    private let sides: [FileDescriptor]
    private var directions = [Direction(), Direction()]
    private var isConnecting = true
    private var isOpen = true
    var ended: () -> Void = {}

    private static let readSize = 32 * 1024

    init(_ client: FileDescriptor, _ server: FileDescriptor, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        sides = [client, server]
        try loop.watch(client, for: []) { [unowned self] _ in carry() }
        try loop.watch(server, for: .writable) { [unowned self] _ in carry() }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        for side in sides {
            loop.forget(side)
            try? side.close()
        }
        ended()
    }

    private func carry() {
        do throws(SystemError) {
            if isConnecting {
                guard InternetSocket.failure(of: sides[1]) == nil else { return close() }
                isConnecting = false
            }
            for from in 0...1 { try carry(from: from) }
            guard !directions.allSatisfy(\.isOver) else { return close() }
            for side in 0...1 { try loop.change(sides[side], to: readiness(of: side)) }
        } catch {
            close()
        }
    }

    private func carry(from: Int) throws(SystemError) {
        let (source, sink) = (sides[from], sides[1 - from])
        if directions[from].bytes.isEmpty, !directions[from].hasEnded {
            var buffer = [UInt8](repeating: 0, count: Self.readSize)
            guard let count = try source.readAvailable(into: &buffer) else { return }
            directions[from].hasEnded = count == 0
            buffer.removeLast(buffer.count - count)
            directions[from].bytes = buffer
        }
        var written = 0
        let bytes = directions[from].bytes
        while written < bytes.count, let count = try sink.writeAvailable(bytes, from: written) { written += count }
        directions[from].bytes.removeFirst(written)
        guard directions[from].hasEnded, directions[from].bytes.isEmpty, !directions[from].isOver else { return }
        directions[from].isOver = true
        InternetSocket.endWriting(sink)
    }

    private func readiness(of side: Int) -> EventLoop.Readiness {
        var readiness: EventLoop.Readiness = []
        if directions[side].bytes.isEmpty, !directions[side].hasEnded { readiness.insert(.readable) }
        if !directions[1 - side].bytes.isEmpty { readiness.insert(.writable) }
        return readiness
    }
}
