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
        do {
            _ = try step.perform(telling: tell) {
                try store.pull(reference, platform: platform, access: access) { event in
                    if case .downloaded(let layer) = event { tell(.progress(step, "\(layer) done")) }
                }
            }
        } catch let error as RegistryError where error.kind == .cancelled {
            // Nobody wants it any more, which is no fault of the image's.
            throw error
        } catch {
            throw BuilderError(.notPulled(name, reason: "\(error)"))
        }
    }
}
