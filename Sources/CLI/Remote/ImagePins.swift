import ComposeSpec
import Images
import Linux
import OCI

/// Looks up what tags stand for, so that a project can say it by digest.
enum ImagePins {
    /// Puts digests into a project's images. The registries are asked side by side.
    static func pin(_ project: inout LoadedProject) throws {
        let images = Array(Set(project.project.services.compactMap(\.image))).sorted()
        let access = try RegistryAccess.ofEnvironment()
        let pinned = try Parallel.map(images, width: 8) { image in
            Result { try fullName(of: image, access) }
        }
        var names: [String: String] = [:]
        for (image, result) in zip(images, pinned) { names[image] = try result.get() }
        project.renameImages { names[$0] }
    }

    /// The full name with a digest; a tag beside a digest says nothing and goes.
    private static func fullName(of image: String, _ access: RegistryAccess) throws -> String {
        let reference = try ImageReference(parsing: image)
        if let digest = reference.digest { return try reference.pinned(digest).description }
        return "\(reference)@\(try access.resolve(reference).digest)"
    }
}
