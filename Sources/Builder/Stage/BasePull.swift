import Images
import Linux
import OCI

/// Fetches images that a build names.
struct BasePull: Sendable {
    let store: ImageStore
    /// Nil is as the environment says.
    let access: RegistryAccess?
    /// Whether several platforms are built for, so that each step says for which one it is.
    let namesPlatforms: Bool
    let tell: @Sendable (BuildEvent) -> Void

    /// Fetches the image of a name for a platform.
    ///
    /// - Returns: what came; nil if it is gone already.
    /// - Throws: ``BuilderError`` where it cannot be had.
    func fetch(_ name: String, for platform: Platform) throws -> Image? {
        let reference: ImageReference
        do {
            reference = try ImageReference(parsing: name)
        } catch {
            throw BuilderError(.other("\(error)"))
        }
        let own = namesPlatforms ? "\(platform)" : nil
        let step = BuildStep("load metadata for \(reference)", isInternal: true, for: own)
        do {
            let pulled = try step.perform(telling: tell) {
                try store.pull(reference, platform: platform, access: access) { event in
                    if case .downloaded(let layer) = event { tell(.progress(step, "\(layer) done")) }
                }
            }
            return try store.find("\(pulled.id)")
        } catch let error as RegistryError where error.kind == .cancelled {
            // Nobody wants it any more, which is no fault of the image's.
            throw error
        } catch {
            let here = try store.find(name).map { "; the one here is for \($0.configuration.platform)" } ?? ""
            throw BuilderError(.notPulled(name, reason: "\(error)\(here)"))
        }
    }
}
