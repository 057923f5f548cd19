import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// Gives a result out as an image.
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

    private var images: ImageStore { export.stores.images }

    private func note(_ text: String) { export.tell(.progress(step, text)) }

    private func names() throws -> [ImageReference] {
        try (wishes.names ?? export.request.tags).map { try ImageReference(parsing: $0) }
    }

    // MARK: The store

    /// Makes it an image of this machine, and brings it to the registries of its names if that is wanted.
    func store(pushed pushing: BuildOutput.Pushing?, _ outcome: inout BuildResult) throws {
        let names = try names()
        let image = try FinalImage(export.result, wishes, export.request)
        let id = try store(image, isPacked: pushing != nil, &outcome)
        outcome.id = id
        note("writing image \(id) done")
        for name in names {
            if try images.find(name)?.id != id { try images.tag(id, as: name) }
            note("naming to \(name) done")
        }
        outcome.names = names.map(\.description)
        guard let pushing else { return }
        for name in names { try push(name, pushing, &outcome) }
    }

    private func store(_ image: FinalImage, isPacked: Bool, _ outcome: inout BuildResult) throws -> Digest {
        let manifest = annotations(of: image)
        guard isPacked || wishes.form != nil || !manifest.isEmpty else {
            let id = try image.id ?? images.commit(image.configuration)
            try image.remember(id)
            outcome.descriptor = try images.manifest(of: id)
            return id
        }
        let bytes = try JSON.encode(image.configuration)
        let packer = try ImagePacker(images, form: wishes.form ?? LayerForm())
        let packed = try packer.image(bytes, annotations: manifest)
        note("exporting layers done")
        note("exporting manifest \(packed.manifest.digest) done")
        note("exporting config \(packed.configuration.digest) done")
        let id = try images.commit(bytes, as: packed)
        try image.remember(id)
        outcome.descriptor = described(packed.manifest, image)
        return id
    }

    private func push(_ name: ImageReference, _ pushing: BuildOutput.Pushing, _ outcome: inout BuildResult) throws {
        let pushed = try images.push(name, byDigest: pushing == .byDigest, access: export.access)
        note("pushing layers done")
        note("pushing manifest for \(name)@\(pushed.digest) done")
    }

    // MARK: Archives

    /// Writes it as an archive, or as a folder.
    func write(_ archive: BuildOutput.Archive, _ outcome: inout BuildResult) throws {
        let draft = try DraftFolder(in: images.drafts)
        var layout = ImageLayout(draft.path)
        if archive.isFolder, case .file(let folder) = archive.destination { layout = ImageLayout(folder) }
        let packer = try ImagePacker(images, into: layout.blobs, form: wishes.form ?? LayerForm())
        let names = try names()
        let image = try FinalImage(export.result, wishes, export.request)
        let packed = try packer.image(JSON.encode(image.configuration), annotations: annotations(of: image))
        note("exporting layers done")
        note("exporting manifest \(packed.manifest.digest) done")
        note("exporting config \(packed.configuration.digest) done")
        outcome.id = packed.configuration.digest
        let descriptor = described(packed.manifest, image)
        outcome.descriptor = descriptor
        try layout.list(names.isEmpty ? [descriptor] : names.map { descriptor.listed(as: $0) })
        outcome.names = names.map(\.description)
        if !archive.isFolder {
            note("sending tarball")
            let table = ["manifest.json": ArchiveTable(packed, names: names).bytes()]
            try archive.destination.write { try layout.archive(archive.isForDocker ? table : [:], to: $0) }
        }
        _ = consume draft
    }

    // MARK: Annotations

    private func annotations(of image: FinalImage) -> [String: String] {
        annotations.values(.manifest, for: image.configuration.platform)
    }

    private func described(_ manifest: Descriptor, _ image: FinalImage) -> Descriptor {
        var manifest = manifest
        let remarks = annotations.values(.manifestDescriptor, for: image.configuration.platform)
        if !remarks.isEmpty { manifest.annotations = remarks }
        return manifest
    }
}
