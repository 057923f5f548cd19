import Glibc
import Synchronization
import SystemPackage

/// Work that blocks, several pieces at a time.
public enum Parallel {
    /// Does `body` for every item, on up to `width` threads, and returns the results in the items' order.
    ///
    /// The calling thread works too, so that no thread at all is needed for one item.
    public static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        width: Int,
        _ body: @escaping @Sendable (Item) -> Result
    ) throws(SystemError) -> [Result] {
        let work = Work(items, body)
        let helpers = max(0, min(width, items.count) - 1)
        let (reading, writing) = try FileDescriptor.closeOnExecPipe()
        defer {
            close(reading.rawValue)
            close(writing.rawValue)
        }
        var started = 0
        for _ in 0..<helpers {
            // Fewer threads than wanted only take longer.
            let isStarted: Void? = try? Thread.start {
                work.perform()
                work.tell(writing)
            }
            guard isStarted != nil else { break }
            started += 1
        }
        work.perform()
        var buffer = [UInt8](repeating: 0, count: 1)
        while started > 0 {
            _ = try reading.readAvailable(into: &buffer)
            started -= 1
        }
        return work.results
    }

    private final class Work<Item: Sendable, Result: Sendable>: Sendable {
        private let items: [Item]
        private let body: @Sendable (Item) -> Result
        private let state: Mutex<(next: Int, results: [Int: Result])>

        init(_ items: [Item], _ body: @escaping @Sendable (Item) -> Result) {
            self.items = items
            self.body = body
            state = Mutex((0, [:]))
        }

        var results: [Result] {
            state.withLock { state in items.indices.compactMap { state.results[$0] } }
        }

        func perform() {
            while let place = take() {
                let result = body(items[place])
                state.withLock { $0.results[place] = result }
            }
        }

        func tell(_ pipe: FileDescriptor) {
            _ = try? pipe.writeAvailable([0])
        }

        private func take() -> Int? {
            state.withLock { state in
                guard state.next < items.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }
    }
}
