import Linux
import Synchronization

extension Parallel {
    /// Does something for each item, several at a time.
    ///
    /// When something fails, what was begun goes on to its end, and what was not begun would be in vain.
    static func attempt<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        width: Int,
        _ body: @escaping @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let isFailed = Atomic(false)
        let results = try map(items, width: width) { item -> Result<Value, any Error>? in
            guard !isFailed.load(ordering: .relaxed) else { return nil }
            let result = Result { try body(item) }
            if case .failure = result { isFailed.store(true, ordering: .relaxed) }
            return result
        }
        return try results.compactMap { try $0?.get() }
    }
}
