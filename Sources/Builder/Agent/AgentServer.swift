import Linux
import Synchronization
import SystemPackage

/// A socket at which an agent answers, until it is ended.
final class AgentServer: Sendable {
    /// So many connections at a time.
    private static let limit = 64

    private let source: AgentSource
    private let listener: StreamSocket
    private let connections = Atomic(0)
    private let isEnded = Atomic(false)
    /// The socket.
    let path: FilePath

    /// - Parameters:
    ///   - folder: Gets the socket, under a name of its own.
    ///   - owner: Whom the socket belongs to.
    init(_ source: AgentSource, in folder: FilePath, owner: Owner = .root, mode: UInt32 = 0o600) throws {
        let name = "agent-\(RandomName.hexadecimal(16))"
        self.source = source
        path = folder.appending(name)
        listener = try StreamSocket.listen(at: name, in: folder)
        try FileOwner.set(uid: owner.uid, gid: owner.gid, mode: mode, of: path)
        try Thread.start { [self] in
            while !isEnded.load(ordering: .acquiring) { accept() }
        }
    }

    /// Takes connections in. While descriptors have run out they wait until others are closed.
    private func accept() {
        do {
            while let connection = try listener.accept() { serve(connection) }
        } catch {
            Pause.wait(.milliseconds(50))
        }
    }

    /// Ends it: nobody is connected any more afterwards.
    func end() {
        isEnded.store(true, ordering: .releasing)
        listener.end()
        try? Removal.file(path)
    }

    private func serve(_ connection: consuming StreamSocket) {
        guard connections.add(1, ordering: .relaxed).newValue <= Self.limit else {
            connections.subtract(1, ordering: .relaxed)
            return
        }
        let holder = Holder(connection)
        do {
            try Thread.start { [self] in
                try? answer(holder)
                connections.subtract(1, ordering: .relaxed)
            }
        } catch {
            connections.subtract(1, ordering: .relaxed)
        }
    }

    /// A connection that a thread can take along.
    private final class Holder: Sendable {
        let socket: StreamSocket
        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private func answer(_ connection: Holder) throws {
        switch source {
        case .keys(let keys):
            while let message = try AgentMessage.read(from: connection.socket) {
                try AgentMessage.write(keys.answer(message), to: connection.socket)
            }
        case .socket(let path):
            let agent = try StreamSocket.connect(to: path)
            while let message = try AgentMessage.read(from: connection.socket) {
                guard let kind = message.first, AgentMessage.forwarded.contains(kind) else {
                    try AgentMessage.write([AgentMessage.failure], to: connection.socket)
                    continue
                }
                try AgentMessage.write(message, to: agent)
                guard let reply = try AgentMessage.read(from: agent) else { return }
                try AgentMessage.write(reply, to: connection.socket)
            }
        }
    }
}
