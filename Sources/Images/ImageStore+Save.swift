import Compression
import Hashing
import JSON
import Linux
public import OCI
public import Storage

extension ImageStore {
    static func time(_ nanoseconds: Int64) -> String { Timestamp.text(nanoseconds) }

    /// Writes images as one archive that is both: an OCI layout, and what `docker load` of any age reads.
    ///
    /// - Parameters:
    ///   - names: Names or ids. A name is saved with its image; an id without a name.
    ///   - platform: Of images for several platforms under one name, the one to save; nil is all.
    public func save(_ names: [String], platform: Platform? = nil, to sink: @escaping ByteSink) throws {
        let catalogue = try catalogue()
        var chosen: [SavedImage] = []
        for name in try names.flatMap(withTags) {
            guard let usual = try usual(catalogue.members(of: name), in: catalogue) else {
                throw ImageError.notFound(name)
            }
            let image = try platform.map { try self.image(name, for: $0) } ?? usual
            let reference = try? ImageReference(parsing: name)
            let tags = usual.references.filter { $0 == reference }
            let index = platform == nil ? try index(of: name) : nil
            if let place = chosen.firstIndex(where: { $0.image.id == image.id && $0.index == index }) {
                chosen[place].tags += tags
                continue
            }
            chosen.append(try saved(image, index, tags, in: catalogue))
        }
        try write(chosen, to: TarWriter(sink))
    }

    private func image(_ name: String, for platform: Platform) throws -> Image {
        guard let image = try find(name, platform: platform) else {
            throw ImageError.otherPlatform(name: name, platform)
        }
        return image
    }

    /// A repository's name alone stands for all its tags.
    private func withTags(_ name: String) throws -> [String] {
        let last = name.split(separator: "/").last ?? ""
        guard !last.contains(where: { $0 == ":" || $0 == "@" }), let reference = try? ImageReference(parsing: name)
        else {
            return [name]
        }
        let tags = try tags(of: reference).filter { $0.digest == nil }
        return tags.isEmpty ? [name] : tags.map(\.description)
    }

    private struct SavedImage {
        let image: Image
        let manifest: Descriptor
        /// What lists it and those for other platforms.
        let index: Descriptor?
        let layers: [(diffID: Digest, descriptor: Descriptor)]
        var tags: [ImageReference]

        /// Everything that it consists of.
        var blobs: [Digest] { layers.map(\.descriptor.digest) + [image.id, manifest.digest] }
    }

    private func saved(
        _ image: Image,
        _ index: Descriptor?,
        _ tags: [ImageReference],
        in catalogue: Catalogue
    ) throws -> SavedImage {
        guard let entry = catalogue.images[image.id.description] else {
            throw ImageError.notFound(image.id.description)
        }
        let came = Dictionary(
            uniqueKeysWithValues: try entry.blobs.map { (try Digest(parsing: $0.key), $0.value) }
        )
        let layers = try image.layers.map { (diffID: $0, descriptor: try descriptor(of: $0, in: came)) }
        return SavedImage(image: image, manifest: entry.manifest, index: index, layers: layers, tags: tags)
    }

    private func write(_ images: [SavedImage], to writer: TarWriter) throws {
        var written: Set<Digest> = []
        try writer.addFolders(for: images.flatMap(\.blobs))
        for image in images {
            for layer in image.layers where written.insert(layer.descriptor.digest).inserted {
                try write(layer.diffID, layer.descriptor, to: writer)
            }
            for digest in [image.image.id, image.manifest.digest] where written.insert(digest).inserted {
                try writer.add(Self.blob(digest), contents: blobs.read(digest))
            }
            for digest in try image.index.map(closure)?.sorted() ?? [] where written.insert(digest).inserted {
                var entry = Self.blob(digest)
                entry.size = try blobs.size(of: digest) ?? 0
                try writer.begin(entry)
                try write(blobs.source(digest), to: writer)
            }
        }
        try add("index.json", try JSON.encode(Self.index(images)), to: writer)
        let table = images.map { (id: $0.image.id, layers: $0.layers.map(\.descriptor), names: $0.tags) }
        try add("manifest.json", ArchiveTable(table).bytes(), to: writer)
        try add("oci-layout", ImageLayout.mark, to: writer)
        try writer.finish()
    }

    private func write(_ diffID: Digest, _ descriptor: Descriptor, to writer: TarWriter) throws {
        var entry = Self.blob(descriptor.digest)
        entry.size = descriptor.size
        try writer.begin(entry)
        guard blobs.contains(descriptor.digest) else {
            return try layers.writeTar(of: diffID) { piece in try writer.write(piece, 0..<piece.count) }
        }
        try write(blobs.source(descriptor.digest), to: writer)
    }

    private func write(_ source: ByteSource, to writer: TarWriter) throws {
        while let piece = try source.next() { try writer.write(piece, 0..<piece.count) }
    }

    private func add(_ name: String, _ contents: [UInt8], to writer: TarWriter) throws {
        try writer.add(TarEntry(.file, path: Array(name.utf8), mode: 0o644), contents: contents)
    }

    private static func blob(_ digest: Digest) -> TarEntry {
        TarEntry(.file, path: Array(digest.layoutPath.utf8), mode: 0o644)
    }

    private static func index(_ images: [SavedImage]) -> ImageIndex {
        ImageIndex(
            manifests: images.flatMap { image in
                let top = image.index ?? image.manifest
                return image.tags.isEmpty ? [top] : image.tags.map { top.listed(as: $0) }
            }
        )
    }
}
