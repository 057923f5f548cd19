import Images
import Orchestrator
import Synchronization

extension Session {
    /// Does something with registries while signals are attended to: SIGINT breaks transfers off.
    ///
    /// - Parameter registry: One that need not prove who it is, whatever the settings say.
    func transfer<Value: Sendable>(
        showing display: any ProgressRenderer,
        trusting registry: String? = nil,
        _ body: @escaping @Sendable (RegistryAccess) throws -> Value
    ) throws -> Value {
        var settings = try RegistrySettings.ofMachine()
        if let registry { settings = try settings.trusting(registry) }
        var access = RegistryAccess(settings: settings, credentials: credentials)
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
