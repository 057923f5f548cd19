import Linux
import Signing
import SystemPackage

/// Who signs for the commands that mount an agent: an agent of this machine, or keys from files.
enum AgentSource: Sendable {
    case socket(FilePath)
    case keys([Key])

    struct Key: Sendable {
        let key: PrivateKey
        /// What lists show beside it.
        let comment: String
    }

    /// Reads the key files; a socket is connected to later, for each connection.
    init(_ agent: BuildRequest.Agent) throws {
        var keys: [Key] = []
        for path in agent.paths {
            guard let status = try FileStatus.of(path) else {
                throw BuilderError(.badAgent(agent.id, "no file \(path)"))
            }
            guard status.kind != .socket else {
                guard agent.paths.count == 1 else {
                    throw BuilderError(.badAgent(agent.id, "\(path) is an agent, and stands alone"))
                }
                self = .socket(path)
                return
            }
            do {
                let key = try PrivateKey(file: WholeFile.read(path, limit: 1 << 17))
                keys.append(Key(key: key, comment: path.string))
            } catch {
                throw BuilderError(.badAgent(agent.id, "\(path): \(error)"))
            }
        }
        self = .keys(keys)
    }
}

/// What an agent is asked, and what it says. draft-miller-ssh-agent, section 6.1
enum AgentMessage {
    static let failure: UInt8 = 5
    static let requestIdentities: UInt8 = 11
    static let identities: UInt8 = 12
    static let signRequest: UInt8 = 13
    static let signature: UInt8 = 14

    /// What is handed on to an agent of this machine: commands may use its keys, and not change, lock or remove them.
    /// Extensions may be anything, so none is.
    static let forwarded: Set<UInt8> = [requestIdentities, signRequest]
    /// No message is longer.
    static let limit: UInt32 = 256 << 10

    /// The next message; nil at the end, or if it is longer than messages may be.
    static func read(from socket: borrowing StreamSocket) throws -> [UInt8]? {
        guard let head = try socket.read(exactly: 4) else { return nil }
        var reader = WireReader(head)
        guard let length = reader.number(), (1...limit).contains(length) else { return nil }
        return try socket.read(exactly: Int(length))
    }

    static func write(_ message: [UInt8], to socket: borrowing StreamSocket) throws {
        var wire = WireBytes()
        wire.add(message)
        try socket.write(wire.bytes)
    }
}

extension [AgentSource.Key] {
    /// What an agent with these keys and nothing else says.
    func answer(_ message: [UInt8]) -> [UInt8] {
        var reader = WireReader(message)
        switch reader.byte() {
        case AgentMessage.requestIdentities:
            var wire = WireBytes()
            wire.add(byte: AgentMessage.identities)
            wire.add(number: UInt32(count))
            for key in self {
                wire.add(key.key.publicKey)
                wire.add(key.comment.utf8)
            }
            return wire.bytes
        case AgentMessage.signRequest:
            guard let wanted = reader.string(), let data = reader.string(), let flags = reader.number(),
                let key = first(where: { $0.key.publicKey == wanted })?.key,
                let signature = try? key.sign(data, flags: flags)
            else { return [AgentMessage.failure] }
            var wire = WireBytes()
            wire.add(byte: AgentMessage.signature)
            wire.add(signature)
            return wire.bytes
        default: return [AgentMessage.failure]
        }
    }
}
