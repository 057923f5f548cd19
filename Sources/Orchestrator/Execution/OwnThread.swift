import Linux

/// Runs blocking work on a thread of its own and waits for it without holding up anybody.
func onOwnThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try Thread.start { continuation.resume(with: Swift.Result { try work() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
