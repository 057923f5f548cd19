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
            let members = try session.engine.images.members(of: name)
            guard !members.isEmpty else { throw ImageError.notFound(name) }
            guard members.contains(where: { $0.configuration.platform.normalized == platform.normalized }) else {
                throw ImageError.otherPlatform(name: name, platform)
            }
        }
    }

    /// The image of a name for the platform that is asked for, or else the usual one.
    static func image(_ name: String, _ arguments: Arguments, _ session: Session) throws -> Image {
        try checkPlatform(arguments, of: [name], session)
        let images = session.engine.images
        let platform = try arguments[platform].map { try Platform(parsing: $0) }
        let found = try platform.map { try images.find(name, platform: $0) } ?? images.find(name)
        guard let found else { throw ImageError.notFound(name) }
        return found
    }
}
