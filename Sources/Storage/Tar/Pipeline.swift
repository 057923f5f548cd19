public import Compression
import Linux
import Synchronization
import SystemPackage

/// Two pieces of work that go on at once, the one making the bytes that the other takes.
public enum Pipeline {
    private static let pieceSize = 1 << 18

    /// Runs `make` on a thread of its own and `take` on this one. Either error is thrown, that of `make` first: what it
    /// left unmade is what `take` complains about.
    public static func connect<Result>(
        _ make: @escaping @Sendable (@escaping ByteSink) throws -> Void,
        to take: (ByteSource) throws -> Result
    ) throws -> Result {
        let bytes = try FileDescriptor.closeOnExecPipe()
        try? bytes.reading.setPipeCapacity(1 << 20)
        let done = try FileDescriptor.closeOnExecPipe()
        defer { for end in [bytes.reading, done.reading] { try? end.close() } }
        let failure = Failures()
        try Thread.start {
            do { try make { try bytes.writing.writeAll($0) } } catch { failure.set(error) }
            for end in [bytes.writing, done.writing] { try? end.close() }
        }
        let outcome = Swift.Result { try take(source(bytes.reading)) }
        // To the end, so that whoever writes is not ended by a pipe that nobody reads.
        let rest = source(bytes.reading)
        while try rest.next() != nil {}
        var buffer: [UInt8] = [0]
        while let count = try done.reading.readAvailable(into: &buffer), count > 0 {}
        if let error = failure.first { throw error }
        return try outcome.get()
    }

    private static func source(_ descriptor: FileDescriptor) -> ByteSource {
        var buffer = [UInt8](repeating: 0, count: pieceSize)
        return ByteSource {
            guard let count = try descriptor.readAvailable(into: &buffer), count > 0 else { return nil }
            return Array(buffer[..<count])
        }
    }

    /// The first error, on its way from one thread to the other.
    private final class Failures: Sendable {
        private let error = Mutex<(any Error)?>(nil)

        var first: (any Error)? { error.withLock { $0 } }

        func set(_ error: any Error) { self.error.withLock { $0 = error } }
    }
}
