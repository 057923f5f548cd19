import Linux
import Supervision
import Synchronization
import SystemPackage

/// A log that nobody waits for: what comes while the files cannot be written fast enough is kept up to a size, and lines
/// beyond that are lost.
final class DroppingLog: OutputLog {
    private var encoder: LogEncoder
    private let queue: LogQueue
    var changed: () -> Void = {}

    private static let keptRoom = 1 << 18

    init(_ order: LogOrder, bufferSize: Int, loop: EventLoop) throws(SystemError) {
        encoder = LogEncoder(attributes: order.attributes)
        queue = try LogQueue(limit: bufferSize)
        try loop.watch(queue.news.reading, for: .readable) { [unowned self] _ in
            queue.news.clear()
            changed()
        }
        try queue.startWriting(order)
    }

    let isFull = false
    var isIdle: Bool { queue.status.withLock { $0.size == 0 && !$0.isCompressing } }
    var isCompressing: Bool { queue.status.withLock { $0.isCompressing } }
    var total: Int { queue.status.withLock { $0.total } }

    func append(_ bytes: [UInt8], count: Int, from stream: OutputStream) {
        encoder.append(bytes, count: count, from: stream, at: WallClock.now)
        enqueue()
    }

    func end(_ stream: OutputStream) {
        encoder.end(stream, at: WallClock.now)
        enqueue()
    }

    private func enqueue() {
        queue.add(encoder.encoded.bytes)
        encoder.encoded.removeAll(keeping: Self.keptRoom)
    }
}

/// What waits for the files, and the thread that writes it.
private final class LogQueue: Sendable {
    struct Status {
        var chunks: [[UInt8]] = []
        /// In bytes, what is being written included.
        var size = 0
        var isCompressing = false
        /// How many bytes have been written in all.
        var total = 0
    }

    let status = Mutex(Status())
    /// Tells the loop that the status has changed.
    let news: WakeUp
    /// Tells the thread so.
    private let work: WakeUp
    private let limit: Int

    private static let retryDelay = Duration.seconds(1)

    init(limit: Int) throws(SystemError) {
        self.limit = limit
        news = try WakeUp()
        work = try WakeUp()
    }

    /// Takes in the lines that there is room for. A line that is larger than all the room is taken when nothing else is there.
    func add(_ lines: ArraySlice<UInt8>) {
        guard !lines.isEmpty else { return }
        status.withLock { status in
            var end = lines.endIndex
            let room = limit - status.size
            if lines.count > room {
                let fitting = lines.prefix(max(0, room)).lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
                let first = status.size == 0 ? lines.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } : nil
                end = fitting ?? first ?? lines.startIndex
            }
            guard end > lines.startIndex else { return }
            status.chunks.append(Array(lines[..<end]))
            status.size += end - lines.startIndex
        }
        work.signal()
    }

    /// Opens the files, and has a thread write to them for as long as there is this process.
    func startWriting(_ order: LogOrder) throws(SystemError) {
        // The first of all failures, that the file cannot be opened, is the caller's.
        let files = Mutex<LogFiles?>(try LogFiles(order))
        try Thread.start { [self] in
            guard var files = files.withLock({ $0.take() }) else { return }
            while true {
                if let chunk = next() { write(chunk, to: &files) } else { rest(&files) }
            }
        }
    }

    private func next() -> [UInt8]? {
        status.withLock { $0.chunks.isEmpty ? nil : $0.chunks.removeFirst() }
    }

    private func write(_ chunk: [UInt8], to files: inout LogFiles) {
        var place = 0
        while true {
            let before = place
            place = files.write(chunk, place..<chunk.count)
            status.withLock { status in
                status.size -= place - before
                status.total = files.total
            }
            compress(&files)
            if place == chunk.count { break }
            work.await(atMost: Self.retryDelay)
            endCompression(of: &files)
        }
        news.signal()
    }

    /// Waits until there is something to do.
    private func rest(_ files: inout LogFiles) {
        work.await(atMost: nil)
        endCompression(of: &files)
    }

    private func compress(_ files: inout LogFiles) {
        guard let file = files.compressible, !status.withLock({ $0.isCompressing }) else { return }
        status.withLock { $0.isCompressing = true }
        let isStarted: Void? = try? Thread.start { [self] in
            try? LogCompression.compress(file)
            compressionEnded()
        }
        if isStarted == nil { compressionEnded() }
    }

    private func compressionEnded() {
        status.withLock { $0.isCompressing = false }
        work.signal()
        news.signal()
    }

    private func endCompression(of files: inout LogFiles) {
        if !status.withLock({ $0.isCompressing }) { files.compressionEnded() }
    }
}
