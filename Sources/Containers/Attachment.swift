public import Linux
import Supervision
public import SystemPackage

/// A connection to a running container's streams.
public struct Attachment: Sendable {
    /// What came from the container.
    public enum Event: Hashable, Sendable {
        case output([UInt8])
        case errorOutput([UInt8])
        /// It has ended for good.
        case exited(Int32)
        /// The monitor has gone without saying how it ended.
        case lost
    }

    let socket: PacketSocket
    let name: String

    /// What tells that something has come: to be watched.
    public var descriptor: FileDescriptor { socket.descriptor }

    /// The next event; waits for it, unless the descriptor does not block and nothing is there: then nil.
    public func next() throws(ContainerError) -> Event? {
        while true {
            switch try systemCall({ () throws(SystemError) in try socket.receive() }) {
            case .packet(let bytes):
                guard let event = event(bytes) else { continue }
                return event
            case .nothing: return nil
            case .end: return .lost
            }
        }
    }

    private func event(_ packet: [UInt8]) -> Event? {
        switch ControlMessage(packet: packet) {
        case .output(let bytes): .output(bytes)
        case .errorOutput(let bytes): .errorOutput(bytes)
        case .exited(let code): .exited(code)
        default: nil
        }
    }

    /// Sends bytes to the container's standard input.
    public func send(_ bytes: [UInt8]) throws(ContainerError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try send(.input(Array(rest.prefix(ControlMessage.maximumBody))))
            rest = rest.dropFirst(ControlMessage.maximumBody)
        }
    }

    /// Ends the container's standard input.
    public func endInput() throws(ContainerError) { try send(.endOfInput) }

    /// Tells the new size of the terminal on our side.
    public func resize(_ size: WindowSize) throws(ContainerError) {
        try send(.resize(rows: size.rows, columns: size.columns))
    }

    private func send(_ message: ControlMessage) throws(ContainerError) {
        _ = try systemCall { () throws(SystemError) in try socket.send(message.packet) }
    }

    /// Lets go; the container goes on.
    public func close() { socket.close() }
}
