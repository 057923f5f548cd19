import Linux
import Supervision
import SystemPackage

/// Carries what the process writes to the log and to whoever is attached.
///
/// The process waits while the log or a client is full: nothing piles up here.
final class Output {
    private let loop: EventLoop
    private let log: any OutputLog
    private var sources: [OutputStream: FileDescriptor] = [:]
    private var buffer: [UInt8] = []
    private var clients: [ControlClient] = []
    /// How many bytes have been read in all.
    private var total = 0
    /// What happens when the last stream has ended.
    var ended: () -> Void = {}

    private static let readSize = 64 * 1024

    /// How far reading and writing have come, in bytes.
    struct Progress: Hashable {
        var read: Int
        var logged: Int
    }

    init(log: any OutputLog, loop: EventLoop) {
        self.log = log
        self.loop = loop
        log.changed = { [unowned self] in
            regulate()
            if hasEnded { ended() }
        }
    }

    /// Whether all was read and is in the log, as far as it can be. Nothing of the log changes after that: the next monitor has it.
    var hasEnded: Bool { sources.isEmpty && log.isIdle }
    /// How far reading and writing have come.
    var progress: Progress { Progress(read: total, logged: log.total) }
    /// Whether a file that was put aside is still to become smaller before there is room for more.
    var waitsForCompression: Bool { log.isCompressing }
    /// Whether somebody who is attached has not read enough for more to be sent.
    var waitsForClient: Bool { clients.contains { $0.isFull } }
    private var isHeldBack: Bool { log.isFull || waitsForClient }

    /// Reads from a descriptor until its end, and then closes it.
    func open(_ source: FileDescriptor, as stream: OutputStream) throws(SystemError) {
        try source.setNonBlocking()
        sources[stream] = source
        try loop.watch(source, for: isHeldBack ? [] : .readable) { [unowned self] _ in read(stream) }
    }

    func attach(_ client: ControlClient) {
        guard !client.isAttached else { return }
        client.isAttached = true
        clients.append(client)
    }

    /// Looks anew whether to go on reading, and forgets clients that have gone.
    func regulate() {
        clients.removeAll { !$0.isOpen }
        let readiness: EventLoop.Readiness = isHeldBack ? [] : .readable
        for source in sources.values { try? loop.change(source, to: readiness) }
    }

    /// Gives up the streams that have not ended.
    func abandon() {
        for (stream, _) in sources { close(stream) }
    }

    private func read(_ stream: OutputStream) {
        guard let source = sources[stream] else { return }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.readSize) }
        do throws(SystemError) {
            guard let count = try source.readAvailable(into: &buffer) else { return }
            guard count > 0 else { return end(stream) }
            log.append(buffer, count: count, from: stream)
            broadcast(count, from: stream)
            total += count
        } catch {
            return end(stream)
        }
        if isHeldBack { regulate() }
    }

    private func broadcast(_ count: Int, from stream: OutputStream) {
        guard !clients.isEmpty else { return }
        for start in stride(from: 0, to: count, by: ControlMessage.maximumBody) {
            let piece = Array(buffer[start..<min(start + ControlMessage.maximumBody, count)])
            let packet = (stream == .output ? ControlMessage.output(piece) : .errorOutput(piece)).packet
            for client in clients { client.send(packet: packet) }
        }
    }

    private func end(_ stream: OutputStream) {
        close(stream)
        log.end(stream)
        if hasEnded { ended() }
    }

    /// Lets the room for reading go until something comes.
    func rest() { buffer = [] }

    private func close(_ stream: OutputStream) {
        guard let source = sources.removeValue(forKey: stream) else { return }
        loop.forget(source)
        try? source.close()
    }
}
