import Images
import Orchestrator
import Synchronization

extension Session {
    /// Does something with registries while signals are attended to: SIGINT breaks transfers off.
    func transfer<Value: Sendable>(
        showing display: TransferDisplay,
        _ body: @escaping @Sendable (RegistryAccess) throws -> Value
    ) throws -> Value {
        var access = RegistryAccess(settings: try .ofMachine(), credentials: credentials)
        let wish = Cancellation()
        access.isCancelled = { wish.isCancelled }
        let asked = access
        return try Foreground.wait(
            for: {
                try await withTaskCancellationHandler {
                    do {
                        return try body(asked)
                    } catch let error as RegistryError {
                        guard wish.isCancelled else { throw error }
                        throw Cancelled()
                    }
                } onCancel: {
                    wish.cancel()
                }
            },
            showing: display
        )
    }
}
