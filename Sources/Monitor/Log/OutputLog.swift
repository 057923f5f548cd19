import Linux
import Supervision

/// Keeps what a container writes.
///
/// Whoever feeds it asks ``isFull`` before there is more, and hears of ``changed`` when that, or ``isIdle``, may have changed.
protocol OutputLog: AnyObject {
    /// Logs the first `count` bytes of a read.
    func append(_ bytes: [UInt8], count: Int, from stream: OutputStream)
    /// Logs what a stream has left when it has ended.
    func end(_ stream: OutputStream)
    /// Whether nothing more may come at present.
    var isFull: Bool { get }
    /// Whether all that came is in the files, and nothing of them changes until more comes.
    var isIdle: Bool { get }
    /// Whether a file that was put aside is still becoming smaller.
    var isCompressing: Bool { get }
    /// How many bytes have been written in all.
    var total: Int { get }
    /// Called on the loop's thread.
    var changed: () -> Void { get set }
}

extension LogOrder {
    /// The log as it was ordered.
    func makeLog(loop: EventLoop) throws(SystemError) -> any OutputLog {
        guard driver != .none else { return NoLog() }
        guard let bufferSize else { return try WaitingLog(self, loop: loop) }
        return try DroppingLog(self, bufferSize: bufferSize, loop: loop)
    }
}

/// The log of a container that has none.
final class NoLog: OutputLog {
    let isFull = false
    let isIdle = true
    let isCompressing = false
    let total = 0
    var changed: () -> Void = {}

    func append(_ bytes: [UInt8], count: Int, from stream: OutputStream) {}
    func end(_ stream: OutputStream) {}
}
