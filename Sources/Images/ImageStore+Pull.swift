import Compression
import Hashing
import JSON
import Linux
public import OCI
import Storage
import Synchronization

/// What a pull does, layer by layer, as it happens.
public enum PullEvent: Hashable, Sendable {
    /// What the tag stands for.
    case resolved(Digest)
    /// A layer that will come.
    case waiting(layer: Digest)
    /// How much of a layer is there.
    case downloading(layer: Digest, bytes: Int64, size: Int64)
    case downloaded(layer: Digest)
    case extracted(layer: Digest)
    case alreadyExists(layer: Digest)
    /// An image for another platform than was asked for.
    case otherPlatform(asked: Platform, found: Platform)
}

/// What a pull brought.
public struct PulledImage: Hashable, Sendable {
    /// The image's id.
    public let id: Digest
    /// What the registry's tag stands for: a manifest's or an index's digest.
    public let digest: Digest
    /// Whether anything new came.
    public let isNew: Bool
}

extension ImageStore {
    /// Fetches an image from its registry, several layers at a time; every byte is checked against its digest before it
    /// is used.
    ///
    /// What was fetched of an image that did not come whole is kept for the next pull.
    ///
    /// - Parameters:
    ///   - platform: Of several images under one name, the one for this platform.
    ///   - access: How registries are reached; nil is as the environment says.
    ///   - report: Called from several threads.
    /// - Throws: ``RegistryError`` for what the registry says or does, ``StorageError`` for contents that are not what they
    ///   are called.
    public func pull(
        _ reference: ImageReference,
        platform: Platform = .host,
        access: RegistryAccess? = nil,
        report: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) throws -> PulledImage {
        let access = try access ?? .ofEnvironment()
        _ = try blobs.sweepDownloads(before: Timestamp.now() - Self.downloadLifetime)
        return try access.withRepository(reference, verb: "pull", scopes: [.pull(reference.path)]) { client in
            try PullWork(store: self, client: client, platform: platform, report: report).perform()
        }
    }

    /// After a week nobody will go on with what came in part.
    private static let downloadLifetime: Int64 = 7 * 86_400 * 1_000_000_000
}
