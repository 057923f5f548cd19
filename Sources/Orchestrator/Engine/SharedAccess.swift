import Images
import Synchronization

/// The way to registries that all steps of a plan share, with its connections and tokens; made when first wanted.
final class SharedAccess: Sendable {
    private let made = Mutex<RegistryAccess?>(nil)

    /// - Throws: `RegistrySettingsError` for settings that make no sense.
    func get() throws -> RegistryAccess {
        try made.withLock { made in
            let access = try made ?? .ofEnvironment()
            made = access
            return access
        }
    }
}
