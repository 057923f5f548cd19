import Compression
import HTTP
import OCI

/// How an upload begins.
enum UploadStart {
    /// The blob was taken from another repository.
    case mounted
    /// Where it goes, and how many bytes every piece but the last must have.
    case session(WebAddress, minimum: Int)
}

extension RegistryClient {
    /// A registry may need a while to take in what it was sent.
    static let patience = 300

    /// The size of a blob; nil if it is not there.
    func size(of digest: Digest) throws -> Int64? {
        var request = request("blobs/\(digest)", accepted: [200, 404])
        request.method = .head
        let response = try transport.whole(request, limit: 0).response
        guard response.status == 200 else { return nil }
        return response["content-length"].flatMap { Int64($0) } ?? 0
    }

    /// Begins an upload, or has the registry take the blob from another repository of its own.
    func begin(mounting digest: Digest? = nil, from repository: String? = nil) throws -> UploadStart {
        var request = request("blobs/uploads/", accepted: [201, 202])
        request.method = .post
        request.body = { .bytes([]) }
        if let digest, let repository {
            request.address = request.address.adding([("mount", digest.description), ("from", repository)])
        }
        let response = try transport.whole(request, limit: 1 << 16).response
        if response.status == 201 { return .mounted }
        let session = try location(response, from: request.address)
        return .session(session, minimum: response["oci-chunk-min-length"].flatMap { Int($0) } ?? 0)
    }

    /// Brings a blob of known digest and size, from its beginning each time that it fails.
    func upload(
        _ blob: Descriptor,
        _ source: @escaping () throws -> ByteSource,
        progressed: @escaping (Int64) -> Void = { _ in }
    ) throws {
        var isFirst = true
        try transport.persist {
            // An answer that got lost may have been a success.
            if !isFirst, try size(of: blob.digest) != nil { return }
            isFirst = false
            guard case .session(let session, _) = try begin() else { return }
            try send(blob, to: session, source, progressed: progressed)
        }
    }

    private func send(
        _ descriptor: Descriptor,
        to session: WebAddress,
        _ source: @escaping () throws -> ByteSource,
        progressed: @escaping (Int64) -> Void
    ) throws {
        var request = request("", accepted: [201])
        request.method = .put
        request.address = session.adding([("digest", descriptor.digest.description)])
        request.headers = [(name: "Content-Type", value: "application/octet-stream")]
        request.stallTimeout = Self.patience
        var failure: (any Error)?
        request.body = {
            let source = try source()
            var sent: Int64 = 0
            return .pieces(size: descriptor.size) {
                do {
                    guard let piece = try source.next() else { return nil }
                    sent += Int64(piece.count)
                    progressed(sent)
                    return piece
                } catch {
                    failure = error
                    throw error
                }
            }
        }
        _ = try transport.perform(request, ended: { failure ?? $0 })
    }

    func location(_ response: HTTPResponse, from address: WebAddress) throws -> WebAddress {
        guard let place = response["location"].flatMap(address.following) else {
            throw failure("an upload that leads nowhere")
        }
        return place
    }

    /// Stores a manifest under a tag or its digest.
    func put(_ manifest: [UInt8], _ descriptor: Descriptor, as name: String) throws {
        var request = request("manifests/\(name)", accepted: [200, 201, 202])
        request.method = .put
        request.headers = [(name: "Content-Type", value: descriptor.mediaType.rawValue)]
        request.body = { .bytes(manifest) }
        request.stallTimeout = Self.patience
        let response = try transport.whole(request, limit: 1 << 16).response
        guard let said = response["docker-content-digest"], said != descriptor.digest.description else { return }
        throw failure("it stored the manifest as \(said), not as \(descriptor.digest)")
    }
}
