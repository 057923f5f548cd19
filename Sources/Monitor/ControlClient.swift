import Linux
import Supervision
import SystemPackage

/// One connection to the control socket.
///
/// What the other side does not read yet is queued here, up to a bound; ``isFull`` then holds the container's output back.
/// A client that stays full for ten seconds is let go, so that it cannot hold the container for ever; only the one
/// that was attached from the start, whose terminal it is, may take its time.
final class ControlClient {
    let socket: PacketSocket
    let isOwner: Bool
    /// Whether it gets the output.
    var isAttached = false
    /// Whether it is told of the end.
    var awaitsEnd = false
    /// Whether it has said anything yet.
    private(set) var hasAsked = false
    /// Whether it was told of the end.
    private var knowsEnd = false
    /// Whether its messages are left in the socket until standard input has room again.
    var isHeldBack = false {
        didSet { regulate() }
    }

    private let loop: EventLoop
    private var queue: [[UInt8]] = []
    private var queuedBytes = 0
    private var patience: Deadline?
    private(set) var isOpen = true

    /// What happens with a message.
    var received: (ControlMessage) -> Void = { _ in }
    /// What happens when there is room again, and when the connection is over.
    var changed: () -> Void = {}

    private static let fullQueue = 256 * 1024
    private static let patienceWithFull = Duration.seconds(10)

    init(_ socket: PacketSocket, isOwner: Bool, loop: EventLoop) throws(SystemError) {
        self.socket = socket
        self.isOwner = isOwner
        self.loop = loop
        try socket.descriptor.setNonBlocking()
        try loop.watch(socket.descriptor, for: .readable) { [unowned self] readiness in handle(readiness) }
    }

    var isFull: Bool { queuedBytes >= Self.fullQueue }
    /// Whether it may still hear something: what it was sent, or the answer to a request that is on its way.
    var isServed: Bool { queue.isEmpty && (hasAsked || isAttached) }

    /// Tells of the end, once, if it wants to know.
    func tellEnd(code: Int32) {
        guard isAttached || awaitsEnd, !knowsEnd else { return }
        knowsEnd = true
        send(.exited(code: code))
    }

    func send(_ message: ControlMessage) { send(packet: message.packet) }

    func send(packet: [UInt8]) {
        guard isOpen else { return }
        queue.append(packet)
        queuedBytes += packet.count
        if queue.count == 1 { flush() }
        if isFull, !isOwner, patience == nil {
            patience = loop.schedule(after: Self.patienceWithFull) { [unowned self] in close() }
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(socket.descriptor)
        if let patience { loop.cancel(patience) }
        socket.close()
        queue = []
        queuedBytes = 0
        changed()
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable), !queue.isEmpty { flush() }
        guard isOpen, readiness.contains(.readable), !isHeldBack else { return }
        do throws(SystemError) {
            switch try socket.receive() {
            case .nothing: return
            case .end: close()
            case .packet(let packet): receive(packet)
            }
        } catch {
            close()
        }
    }

    private func receive(_ packet: [UInt8]) {
        hasAsked = true
        guard let message = ControlMessage(packet: packet) else { return send(.refused("unknown message")) }
        received(message)
    }

    private func flush() {
        let wasFull = isFull
        var sent = 0
        do throws(SystemError) {
            while sent < queue.count, try socket.send(queue[sent]) {
                queuedBytes -= queue[sent].count
                sent += 1
            }
        } catch {
            return close()
        }
        queue.removeFirst(sent)
        regulate()
        guard sent > 0 else { return }
        if let patience { loop.cancel(patience) }
        patience = nil
        if wasFull || queue.isEmpty { changed() }
    }

    private func regulate() {
        guard isOpen else { return }
        var readiness: EventLoop.Readiness = isHeldBack ? [] : .readable
        if !queue.isEmpty { readiness.insert(.writable) }
        do throws(SystemError) { try loop.change(socket.descriptor, to: readiness) } catch { close() }
    }
}
