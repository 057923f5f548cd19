import Compression
import Linux
import OCI
import Storage
import Synchronization

/// A blob that comes on a thread of its own, while what has come of it can be read already.
///
/// The file that it goes to is all there is between the two, so that neither waits for the other and no more than a few
/// pieces are in memory, however large the blob is.
final class BlobDownload: Sendable {
    private struct State {
        var available: Int64
        var outcome: Result<Void, any Error>?
    }

    private let state: Mutex<State>
    /// Signalled when there is more, and at the end.
    private let news: WakeUp
    private let read: @Sendable (Int64) throws -> [UInt8]

    /// Begins to fetch.
    ///
    /// - Parameter fetch: Brings the blob, saying how many bytes are there, and verifies it.
    init(
        from available: Int64,
        reading read: @escaping @Sendable (Int64) throws -> [UInt8],
        _ fetch: @escaping @Sendable (_ progressed: (Int64) -> Bool) throws -> Void
    ) throws {
        state = Mutex(State(available: available))
        news = try WakeUp()
        self.read = read
        try Thread.start { [self] in
            let outcome = Result {
                try fetch { available in
                    state.withLock { $0.available = available }
                    news.signal()
                    return true
                }
            }
            state.withLock { $0.outcome = outcome }
            news.signal()
        }
    }

    /// The blob's bytes as they come. The end is there when all of it came and was verified.
    ///
    /// - Throws: What the download failed with.
    func source() -> ByteSource {
        var place: Int64 = 0
        return ByteSource { [self] in
            while true {
                let (available, outcome) = state.withLock { ($0.available, $0.outcome) }
                if place < available {
                    let piece = try read(place)
                    place += Int64(piece.count)
                    return piece
                }
                if let outcome {
                    try outcome.get()
                    return nil
                }
                news.await(atMost: nil)
            }
        }
    }

    /// Waits until it is over.
    ///
    /// - Throws: What it failed with.
    func finish() throws {
        while true {
            if let outcome = state.withLock({ $0.outcome }) { return try outcome.get() }
            news.await(atMost: nil)
        }
    }
}
