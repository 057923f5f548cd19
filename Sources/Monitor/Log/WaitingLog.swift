import Linux
import Supervision
import SystemPackage

/// A log that loses nothing: while its files cannot be written, whoever feeds it waits.
final class WaitingLog: OutputLog {
    private let loop: EventLoop
    private var encoder: LogEncoder
    private var files: LogFiles
    /// How much of the encoder's bytes has been written.
    private var written = 0
    private var retry: Deadline?
    private(set) var isCompressing = false
    var changed: () -> Void = {}

    private static let retryDelay = Duration.seconds(1)
    /// The room for lines that is kept while nothing is written.
    private static let keptRoom = 1 << 18

    init(_ order: LogOrder, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        encoder = LogEncoder(attributes: order.attributes)
        files = try LogFiles(order)
    }

    var isFull: Bool { written < encoder.encoded.count }
    var isIdle: Bool { !isCompressing && !isFull }
    var total: Int { files.total }

    func append(_ bytes: [UInt8], count: Int, from stream: OutputStream) {
        encoder.append(bytes, count: count, from: stream, at: WallClock.now)
        flush()
    }

    func end(_ stream: OutputStream) {
        encoder.end(stream, at: WallClock.now)
        flush()
    }

    /// Writes what has not been written, and sees to it that what cannot be is tried again.
    private func flush() {
        written = files.write(encoder.encoded.storage, written..<encoder.encoded.count)
        if !isFull {
            encoder.encoded.removeAll(keeping: Self.keptRoom)
            written = 0
        }
        compress()
        guard isFull, retry == nil else { return }
        retry = loop.schedule(after: Self.retryDelay) { [unowned self] in
            retry = nil
            flush()
            changed()
        }
    }

    /// Compresses the file that was put aside, if there is one.
    private func compress() {
        guard !isCompressing, let file = files.compressible else { return }
        do throws(SystemError) {
            try LogCompression.start(file, loop: loop) { [unowned self] in
                isCompressing = false
                files.compressionEnded()
                flush()
                changed()
            }
            isCompressing = true
        } catch {
            files.compressionEnded()
        }
    }
}
