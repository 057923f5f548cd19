import Containers
import Linux

extension LocalEngine {
    /// How many containers are waited for at once.
    private static let suspensions = 256

    /// Stops what runs, all at once, each as it wants to be stopped: ``resume(_:)`` starts it again as if nobody had stopped it.
    ///
    /// - Returns: The containers that ran, and why one could not be stopped.
    public func suspend() throws -> [(name: String, failure: String?)] {
        let running = try containers.all().filter { try $0.status.isActive }
        return try Parallel.map(running, width: Self.suspensions) { container in
            do {
                _ = try container.suspend()
                return (container.name, nil)
            } catch {
                return (container.name, "\(error)")
            }
        }
    }
}
