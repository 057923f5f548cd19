import Compression
import HTTP
public import OCI
public import Storage

extension RegistryArtifact {
    /// Brings a blob of any size that the manifest names, verified.
    ///
    /// - Parameter blobs: where it goes.
    public func fetch(_ blob: Descriptor, into blobs: BlobStore) throws {
        try access.fetch(blob, of: reference, into: blobs)
    }
}

extension RegistryAccess {
    /// Brings a blob of any size from a repository, verified, unless it is there.
    func fetch(_ blob: Descriptor, of reference: ImageReference, into blobs: BlobStore) throws {
        guard !blobs.contains(blob.digest), let partial = try PartialBlob(blob.digest, in: blobs) else { return }
        try withRepository(reference, verb: "fetch", scopes: [.pull(reference.path)]) { client in
            try client.fetch(blob, into: partial) { _ in true }
        }
        try partial.verify(size: blob.size)
        try partial.publish()
    }

    /// Brings a manifest with all that it names to a registry, and tags it there.
    ///
    /// - Parameters:
    ///   - parts: what it names.
    ///   - blobs: where all of it is.
    public func push(
        _ manifest: Descriptor,
        with parts: [Descriptor],
        from blobs: BlobStore,
        as reference: ImageReference
    ) throws {
        try withRepository(reference, verb: "push", scopes: [.push(reference.path)], writing: true) { client in
            var seen: Set<Digest> = []
            for part in parts where try seen.insert(part.digest).inserted && client.size(of: part.digest) == nil {
                try client.upload(part) { try blobs.source(part.digest) }
            }
            try client.put(blobs.read(manifest.digest), manifest, as: reference.registryName)
        }
    }
}
