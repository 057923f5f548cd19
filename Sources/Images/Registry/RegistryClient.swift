import HTTP
import JSON
import OCI
import Storage

/// One repository of a registry, for one errand. OCI distribution specification
struct RegistryClient: Sendable {
    let reference: ImageReference
    let transport: RegistryTransport
    /// What it may do in the repository, and in those that layers are mounted from.
    let scopes: [RegistryScope]

    /// What manifests may be, in the order of preference.
    private static let manifestTypes =
        [
            MediaType.dockerManifest, .dockerIndex, .manifest, .index,
        ].map(\.rawValue).joined(separator: ", ") + ", */*"

    func failure(_ reason: String) -> RegistryError { transport.failure(reason) }

    /// A request to something of the repository.
    func request(_ path: String, accepted: Set<Int> = [200]) -> RegistryRequest {
        let base = transport.endpoint.base
        let path = base.path + reference.path + "/" + path
        let address = WebAddress(scheme: base.scheme, authority: base.authority, path: path)
        return RegistryRequest(address: address, scopes: scopes, accepted: accepted)
    }

    // MARK: Manifests

    /// A manifest or an index as it came, and what it is.
    func manifest(_ name: String) throws -> (descriptor: Descriptor, bytes: [UInt8]) {
        var request = request("manifests/\(name)")
        request.headers = [(name: "Accept", value: Self.manifestTypes)]
        let (response, bytes) = try transport.whole(request, limit: ManifestDocument.maximumSize)
        let wanted = try? Digest(parsing: name)
        let digest = ContentSum.digest(of: bytes, like: wanted)
        if let wanted, wanted != digest { throw StorageError.wrongDigest(expected: wanted, actual: digest) }
        let type = Self.mediaType(response, bytes)
        return (Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count)), bytes)
    }

    /// What a manifest is, without fetching it; nil if the registry does not say without that.
    func head(_ name: String) throws -> Descriptor? {
        var request = request("manifests/\(name)")
        request.method = .head
        request.headers = [(name: "Accept", value: Self.manifestTypes)]
        do {
            let response = try transport.whole(request, limit: 0).response
            guard let digest = response["docker-content-digest"].flatMap({ try? Digest(parsing: $0) }),
                let size = response["content-length"].flatMap({ Int64($0) }), let type = response["content-type"]
            else { return nil }
            return Descriptor(mediaType: MediaType(rawValue: Self.bare(type)), digest: digest, size: size)
        } catch let error as RegistryError {
            // The answer to HEAD has no words in it: those of GET say what is wrong.
            guard error.kind == .notFound || error.kind == .other || error.kind == .unauthorized else { throw error }
            return nil
        }
    }

    /// The document's own word before the header's, which some servers get wrong.
    private static func mediaType(_ response: HTTPResponse, _ bytes: [UInt8]) -> MediaType {
        if let text = (try? JSONValue(parsing: bytes))?["mediaType"]?.text { return MediaType(rawValue: text) }
        return MediaType(rawValue: bare(response["content-type"] ?? MediaType.manifest.rawValue))
    }

    private static func bare(_ type: String) -> String {
        String(type.prefix { $0 != ";" && $0 != "," }).filter { $0 != " " }
    }

    // MARK: Blobs

    /// A small blob, such as a configuration, verified.
    func blob(_ descriptor: Descriptor, limit: Int = 16 << 20) throws -> [UInt8] {
        guard descriptor.size <= Int64(limit) else { throw failure("a blob of more than \(limit) bytes") }
        let (_, bytes) = try transport.whole(request("blobs/\(descriptor.digest)"), limit: limit)
        guard Int64(bytes.count) == descriptor.size else {
            throw StorageError.wrongSize(expected: descriptor.size, actual: Int64(bytes.count))
        }
        try ContentSum.verify(bytes, against: descriptor.digest)
        return bytes
    }
}
