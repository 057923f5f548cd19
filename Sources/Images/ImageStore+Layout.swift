import Hashing
import JSON
import Linux
public import OCI
import Storage

extension ImageStore {
    /// The blob that a layer is given out as: as it came, or the tar that its files make.
    func descriptor(of diffID: Digest, in blobs: [Digest: Descriptor]) throws -> Descriptor {
        if let descriptor = blobs[diffID] { return descriptor }
        guard let record = try layers.record(diffID) else { throw StorageError.unknownLayer(diffID) }
        return Descriptor(mediaType: .layer, digest: diffID, size: record.tarSize)
    }

    /// Writes a manifest for an image that came without one, or was made here.
    func writeManifest(
        _ id: Digest,
        _ size: Int,
        _ configuration: ImageConfiguration,
        _ came: [Digest: Descriptor]
    ) throws -> Descriptor {
        let manifest = ImageManifest(
            config: Descriptor(mediaType: .configuration, digest: id, size: Int64(size)),
            layers: try configuration.rootfs.diffIDs.map { try descriptor(of: $0, in: came) }
        )
        let bytes = try JSON.encode(manifest)
        return Descriptor(mediaType: .manifest, digest: try blobs.write(bytes), size: Int64(bytes.count))
    }

    /// Writes the files that make the folder a layout. OCI image specification, image-layout.md
    func writeLayout(_ catalogue: Catalogue) throws {
        let mark = folder.appending("oci-layout")
        if !Folder.hasEntry(mark) {
            try WholeFile.replace(mark, with: ImageLayout.mark, isDurable: false, mode: 0o644)
        }
        var manifests: [Descriptor] = []
        for (id, entry) in catalogue.images.sorted(by: { $0.key < $1.key }) where isWhole(entry) {
            let names = catalogue.names.filter { $0.value.id == id }.keys.sorted()
            if names.isEmpty { manifests.append(entry.manifest) }
            manifests += names.compactMap { try? ImageReference(parsing: $0) }.map { entry.manifest.listed(as: $0) }
        }
        let index = try JSON.encode(ImageIndex(manifests: manifests))
        try WholeFile.replace(folder.appending("index.json"), with: index, isDurable: false, mode: 0o644)
    }

    /// Whether all that the image's manifest names is there as blobs.
    private func isWhole(_ entry: Catalogue.Entry) -> Bool {
        guard let bytes = try? blobs.read(entry.manifest.digest),
            let manifest = try? JSON.decode(ImageManifest.self, from: bytes)
        else { return false }
        return ([manifest.config] + manifest.layers).allSatisfy { blobs.contains($0.digest) }
    }
}

extension Descriptor {
    /// A manifest with the annotations by which tools find an image in a layout.
    public func listed(as name: ImageReference) -> Descriptor {
        var descriptor = self
        let names = [
            "io.containerd.image.name": name.description, "org.opencontainers.image.ref.name": name.tag ?? "latest",
        ]
        descriptor.annotations = (annotations ?? [:]).merging(names) { $1 }
        return descriptor
    }
}
