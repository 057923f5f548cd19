import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// Gives a result out as an image, or as images for several platforms with the index that lists them.
struct ImageExport {
    private let export: ResultExport
    private let wishes: ImageWishes
    private let step: BuildStep
    private let annotations: [AnnotationWish]

    init(_ export: ResultExport, _ wishes: ImageWishes, _ step: BuildStep) {
        self.export = export
        self.wishes = wishes
        self.step = step
        annotations = export.request.annotations + wishes.annotations
    }

    private var images: ImageStore { export.images }

    private func note(_ text: String) { export.tell(.progress(step, text)) }

    private func names() throws -> [ImageReference] {
        try (wishes.names ?? export.request.tags).map { try ImageReference(parsing: $0) }
    }

    // MARK: The store

    /// Makes it an image of this machine, and brings it to the registries of its names if that is wanted.
    func store(pushed pushing: BuildOutput.Pushing?, _ outcome: inout BuildResult) throws {
        let names = try names()
        let provenance = export.request.provenance.wish(leaves: pushing != nil)
        let isPlain =
            try pushing == nil && provenance == nil && wishes.form == nil && annotations.isEmpty
            && !export.request.isForSeveral
        if isPlain {
            try storePlain(&outcome)
        } else {
            try storePacked(provenance, &outcome)
        }
        for name in names {
            try self.name(outcome, as: name)
            note("naming to \(name) done")
        }
        if names.isEmpty, let index = outcome.descriptor, index.mediaType.isIndex,
            try images.members(of: "\(index.digest)").isEmpty
        {
            try images.keep(outcome.ids, index: index)
        }
        outcome.names = names.map(\.description)
        guard let pushing else { return }
        for name in names {
            let pushed = try images.push(name, byDigest: pushing == .byDigest, access: export.access)
            note("pushing layers done")
            note("pushing manifest for \(name)@\(pushed.digest) done")
        }
    }

    /// An image for this machine alone stays files until it is given out.
    private func storePlain(_ outcome: inout BuildResult) throws {
        for result in export.results {
            let image = try FinalImage(result, wishes, export.request)
            let id = try image.id ?? images.commit(image.configuration)
            try image.remember(id)
            note("writing image \(id) done")
            outcome.ids = [id]
            outcome.descriptor = try images.manifest(of: id)
        }
    }

    private func storePacked(_ provenance: ProvenanceWish?, _ outcome: inout BuildResult) throws {
        let packer = try ImagePacker(images, form: wishes.form ?? LayerForm())
        let packed = try pack(with: packer, provenance, &outcome)
        outcome.ids = try packed.images.map { image in
            if let id = image.final.id, try images.manifest(of: id) == image.packed.manifest { return id }
            let id = try images.commit(image.bytes, as: image.packed)
            try image.final.remember(id)
            return id
        }
        outcome.descriptor = packed.top
    }

    private func name(_ outcome: BuildResult, as name: ImageReference) throws {
        let index = outcome.descriptor.flatMap { $0.mediaType.isIndex ? $0 : nil }
        guard let id = outcome.ids.first, outcome.ids.count == 1, index == nil else {
            let isNamed =
                try images.index(of: name.description)?.digest == index?.digest
                && Set(images.members(of: name.description).map(\.id)) == Set(outcome.ids)
            return isNamed ? () : try images.name(outcome.ids, index: index, as: name)
        }
        let isNamed = try images.find(name)?.id == id && images.index(of: name.description) == nil
        if !isNamed { try images.tag(id, as: name) }
    }

    // MARK: Archives

    /// Writes it as an archive, or as a folder.
    func write(_ archive: BuildOutput.Archive, _ outcome: inout BuildResult) throws {
        let draft = try DraftFolder(in: images.drafts)
        var layout = ImageLayout(draft.path)
        if archive.isFolder, case .file(let folder) = archive.destination { layout = ImageLayout(folder) }
        let packer = try ImagePacker(images, into: layout.blobs, form: wishes.form ?? LayerForm())
        let names = try names()
        let provenance = archive.isForDocker ? nil : export.request.provenance.wish(leaves: true)
        let packed = try pack(with: packer, provenance, &outcome)
        outcome.ids = packed.images.map(\.packed.configuration.digest)
        outcome.descriptor = packed.top
        outcome.names = names.map(\.description)
        try layout.list(names.isEmpty ? [packed.top] : names.map { packed.top.listed(as: $0) })
        if !archive.isFolder {
            var members: [String: [UInt8]] = [:]
            if archive.isForDocker, let image = packed.images.first {
                members["manifest.json"] = ArchiveTable(image.packed, names: names).bytes()
            }
            note("sending tarball")
            try archive.destination.write { try layout.archive(members, to: $0) }
        }
        _ = consume draft
    }

    // MARK: Documents

    /// A result as blobs.
    private struct PackedResult {
        var images: [(final: FinalImage, bytes: [UInt8], packed: PackedImage)] = []
        /// The index, or the manifest where there is one image and nothing is said about it.
        let top: Descriptor
    }

    private func pack(
        with packer: ImagePacker,
        _ provenance: ProvenanceWish?,
        _ outcome: inout BuildResult
    ) throws -> PackedResult {
        var images: [(final: FinalImage, bytes: [UInt8], packed: PackedImage)] = []
        var (manifests, statements): ([Descriptor], [Descriptor]) = ([], [])
        for result in export.results {
            let final = try FinalImage(result, wishes, export.request)
            let platform = result.platform
            let bytes = try JSON.encode(final.configuration)
            let packed = try packer.image(bytes, annotations: annotations.values(.manifest, for: platform))
            note("exporting layers done")
            note("exporting manifest \(packed.manifest.digest) done")
            note("exporting config \(packed.configuration.digest) done")
            images.append((final, bytes, packed))
            var manifest = packed.manifest
            let remarks = annotations.values(.manifestDescriptor, for: platform)
            if !remarks.isEmpty { manifest.annotations = remarks }
            manifests.append(manifest)
            guard let provenance else { continue }
            statements.append(try attest(provenance, result, manifest, with: packer, &outcome))
        }
        return PackedResult(images: images, top: try top(manifests, statements, packer))
    }

    /// The document that stands for all.
    private func top(
        _ manifests: [Descriptor],
        _ statements: [Descriptor],
        _ packer: ImagePacker
    ) throws -> Descriptor {
        if try !export.request.isForSeveral, statements.isEmpty, let only = manifests.first { return only }
        let listed = zip(manifests, export.results).map { manifest, result in
            var manifest = manifest
            manifest.platform = result.platform
            return manifest
        }
        var index = try packer.index(listed + statements, annotations: annotations.values(.index))
        note("exporting manifest list \(index.digest) done")
        let remarks = annotations.values(.indexDescriptor)
        if !remarks.isEmpty { index.annotations = remarks }
        return index
    }

    private func attest(
        _ wish: ProvenanceWish,
        _ result: PlatformResult,
        _ manifest: Descriptor,
        with packer: ImagePacker,
        _ outcome: inout BuildResult
    ) throws -> Descriptor {
        let names = try names().map { PackageURL.image($0.description, platform: result.platform) }
        let statement = Statement(
            predicateType: Provenance.predicateType,
            predicate: try export.provenance(wish, of: result, &outcome),
            subjects: (names.isEmpty ? ["_"] : names).map { ($0, manifest.digest) }
        )
        let attestation = try packer.attest(statement, of: manifest)
        note("exporting attestation manifest \(attestation.digest) done")
        return attestation
    }
}
