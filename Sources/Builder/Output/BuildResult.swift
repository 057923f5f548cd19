public import JSON
import Linux
public import OCI

/// What a build came to.
public struct BuildResult: Hashable, Sendable {
    /// The images' ids: the digests of their configurations, by platform. None where no image was asked for.
    public internal(set) var ids: [Digest] = []
    /// The manifest, or the index of several.
    public internal(set) var descriptor: Descriptor?
    /// The names that the image got, in full.
    public internal(set) var names: [String] = []
    /// What is attested of how it was made, by platform.
    public internal(set) var provenance: [Platform: JSONValue] = [:]
    /// What this build is called among all builds.
    public let reference: String

    init() {
        reference = RandomName.hexadecimal(25)
    }

    /// The image's id; that of the first where there are several platforms.
    public var id: Digest? { ids.first }

    /// What stands for the image: the index where there are several platforms, or else the image's id.
    public var identifier: Digest? {
        ids.count == 1 ? id : descriptor?.digest
    }

    /// What `--metadata-file` holds.
    public func metadata() throws -> [UInt8] {
        var members: [String: JSONValue] = ["buildx.build.ref": .string("default/default/\(reference)")]
        if ids.count == 1, let id { members["containerimage.config.digest"] = .string(id.description) }
        if let descriptor {
            members["containerimage.descriptor"] = try JSONValue(encoding: descriptor)
            members["containerimage.digest"] = .string(descriptor.digest.description)
        }
        if !names.isEmpty { members["image.name"] = .string(names.joined(separator: ",")) }
        for (platform, predicate) in provenance {
            let suffix = provenance.count > 1 ? "/\(platform)" : ""
            members["buildx.build.provenance\(suffix)"] = predicate
        }
        return try JSON.encode(members, pretty: true)
    }
}

/// What a build came to for one platform.
struct PlatformResult {
    let session: BuildSession
    let state: StageState

    /// - Precondition: all stages of the session are complete.
    init(_ session: BuildSession) throws {
        guard let state = session.result(of: session.graph.target) else { throw StageStopped() }
        self.session = session
        self.state = state
    }

    var platform: Platform { session.target }

    /// The platform as a folder is called, such as `linux_arm_v7`.
    var folderName: String { platform.description.split(separator: "/").joined(separator: "_") }
}
