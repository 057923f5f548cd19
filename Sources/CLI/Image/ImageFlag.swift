import Images
import OCI
import Orchestrator

/// Flags that several commands of images have.
enum ImageFlag {
    static let platform = Flag<String?>.text("--platform", "Platform of the image: OS/ARCH")

    /// Makes sure that images are for the platform that is asked for, if one is.
    static func checkPlatform(_ arguments: Arguments, of names: [String], _ session: Session) throws {
        guard let platform = try arguments[platform].map({ try Platform(parsing: $0) }) else { return }
        for name in names {
            guard let image = try session.engine.images.find(name) else { throw ImageError.notFound(name) }
            guard image.configuration.platform.normalized == platform.normalized else {
                throw ImageError.otherPlatform(name: name, platform)
            }
        }
    }
}
