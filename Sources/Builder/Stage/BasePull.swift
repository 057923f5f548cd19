import Images
import Linux
import OCI

/// Fetches images that a build names.
struct BasePull: Sendable {
    let store: ImageStore
    let platform: Platform
    /// Nil is as the environment says.
    let access: RegistryAccess?
    let tell: @Sendable (BuildEvent) -> Void

    /// Fetches the image of a name.
    ///
    /// - Throws: ``BuilderError`` where it cannot be had.
    func fetch(_ name: String) throws {
        let reference: ImageReference
        do {
            reference = try ImageReference(parsing: name)
        } catch {
            throw BuilderError(.other("\(error)"))
        }
        let step = BuildStep("load metadata for \(reference)", isInternal: true)
        let start = MonotonicTime.now
        tell(.started(step))
        do {
            _ = try store.pull(reference, platform: platform, access: access) { event in
                if case .downloaded(let layer) = event { tell(.progress(step, "\(layer) done")) }
            }
        } catch {
            tell(.failed(step, "\(error)"))
            throw BuilderError(.notPulled(name, reason: "\(error)"))
        }
        tell(.done(step, MonotonicTime.now.nanoseconds - start.nanoseconds))
    }
}
