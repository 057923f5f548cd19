public import OCI

/// What a push does, layer by layer, as it happens. Layers are named by what their files hash to.
public enum PushEvent: Hashable, Sendable {
    case preparing(layer: Digest)
    /// How much of a layer went. The size is that of its files where it is packed on the way.
    case pushing(layer: Digest, bytes: Int64, size: Int64)
    case pushed(layer: Digest)
    case alreadyExists(layer: Digest)
    /// The registry took it from another repository.
    case mounted(layer: Digest, repository: String)
    /// An image is there under its tag.
    case tagged(PushedImage)
}

/// What a push brought to the registry.
public struct PushedImage: Hashable, Sendable {
    /// The name.
    public let reference: ImageReference
    /// What the manifest hashes to.
    public let digest: Digest
    /// How many bytes the manifest has.
    public let size: Int64
}

extension ImageStore {
    /// Brings an image to the registry that its name says, several layers at a time.
    ///
    /// An image that came from a registry goes as it came, with the same digest. A layer that was built here is packed on
    /// the way; what it became is remembered, so that it need not be packed again where it is already.
    ///
    /// - Parameters:
    ///   - platform: What the image has to be for.
    ///   - byDigest: Whether it gets no tag there.
    ///   - access: How registries are reached; nil is as the environment says.
    ///   - report: Called from several threads.
    /// - Throws: ``ImageError/notHere(_:)``, ``RegistryError``
    public func push(
        _ reference: ImageReference,
        platform: Platform? = nil,
        byDigest: Bool = false,
        access: RegistryAccess? = nil,
        report: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) throws -> PushedImage {
        let access = try access ?? .ofEnvironment()
        guard reference.digest == nil else { throw ImageError.digestAsTag(reference.familiar) }
        guard var image = try find(reference) else { throw ImageError.notHere(reference.familiarRepository) }
        if let platform {
            let members = try members(of: reference.description)
            let wanted = members.first { $0.configuration.platform.normalized == platform.normalized }
            guard let wanted else { throw ImageError.otherPlatform(name: reference.familiar, platform) }
            image = wanted
        }
        let index = platform == nil ? try index(of: reference.description) : nil
        let sources = MountSources(try catalogue(), for: reference)
        let scopes = [.push(reference.path)] + sources.repositories.map(RegistryScope.pull)
        return try access.withRepository(reference, verb: "push", scopes: scopes, writing: true) { client in
            var work = PushWork(store: self, client: client, image: image, sources: sources, report: report)
            work.hasTag = !byDigest
            return try index.map { try work.perform($0) } ?? work.perform()
        }
    }

    /// The tags of a repository that are here, sorted by name.
    public func tags(of repository: ImageReference) throws -> [ImageReference] {
        try catalogue().names.keys.sorted().compactMap { try? ImageReference(parsing: $0) }
            .filter { $0.repository == repository.repository }
    }
}

/// Repositories of the same registry that have blobs of images that are here.
struct MountSources: Sendable {
    private let byBlob: [Digest: String]
    /// As many as the right to them is asked for.
    private static let limit = 8

    init(_ catalogue: Catalogue, for target: ImageReference) {
        var byBlob: [Digest: String] = [:]
        var repositories: Set<String> = []
        for entry in catalogue.images.values {
            let known = entry.digests.compactMap { try? ImageReference(parsing: $0) }
            guard let source = known.first(where: { $0.domain == target.domain && $0.path != target.path }),
                repositories.contains(source.path) || repositories.count < Self.limit
            else { continue }
            repositories.insert(source.path)
            for blob in Array(entry.blobs.values) + Array((entry.packed ?? [:]).values) {
                byBlob[blob.digest] = source.path
            }
        }
        self.byBlob = byBlob
    }

    var repositories: [String] { Set(byBlob.values).sorted() }

    func repository(of blob: Digest) -> String? { byBlob[blob] }
}
