import Compression
import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// One image of an OCI layout in a folder. OCI image specification, image-layout.md
struct LayoutImage {
    let path: FilePath
    /// A tag or a digest; nil is `latest`, or the only one.
    let selection: String?

    private static let nameKey = "org.opencontainers.image.ref.name"

    /// Takes the image into the store for each of several platforms that it is there for, without a name.
    ///
    /// - Throws: `ImageError.noImage` where it is there for none of them.
    func load(into images: ImageStore, for platforms: [Platform]) throws -> [Digest] {
        let descriptor = try choose()
        var wanted = Set(platforms).sorted { $0.description < $1.description }
        // What is no list is for whatever it is for.
        if case .manifest = try ManifestDocument(parsing: read(Self.blob(descriptor.digest, path))) { wanted = [.host] }
        let ids = try wanted.compactMap { platform -> Digest? in
            do throws(any Error) {
                return try load(descriptor, for: platform, into: images)
            } catch ImageError.noImage {
                return nil
            }
        }
        guard !ids.isEmpty else { throw ImageError.noImage }
        return ids
    }

    private func load(_ chosen: Descriptor, for platform: Platform, into images: ImageStore) throws -> Digest {
        var descriptor = chosen
        descriptor.annotations = nil
        let index = try JSON.encode(ImageIndex(manifests: [descriptor]))
        let blobs = try self.blobs(of: descriptor, for: platform)
        let path = path
        let loaded = try Pipeline.connect { sink in
            let writer = TarWriter(sink)
            var entry = TarEntry(.file, path: Array("index.json".utf8), mode: 0o644)
            entry.size = Int64(index.count)
            try writer.add(entry, contents: index)
            for digest in blobs { try Self.add(digest, from: path, to: writer) }
            try writer.finish()
        } to: {
            try images.load($0, platform: platform)
        }
        guard let image = loaded.first else { throw ImageError.noImage }
        return image.id
    }

    private func choose() throws -> Descriptor {
        let document = try ManifestDocument(parsing: read(path.appending("index.json")))
        guard case .index(let index) = document else { throw BuilderError(.other("\(path) is not an OCI layout")) }
        let wanted = selection ?? "latest"
        let chosen = index.manifests.first {
            $0.digest.description == wanted || $0.annotations?[Self.nameKey] == wanted
        }
        let only = selection == nil && index.manifests.count == 1 ? index.manifests.first : nil
        guard let descriptor = chosen ?? only else { throw BuilderError(.other("\(path) has no image \(wanted)")) }
        return descriptor
    }

    /// All blobs that make an image for a platform.
    private func blobs(of descriptor: Descriptor, for platform: Platform, depth: Int = 0) throws -> [Digest] {
        switch try ManifestDocument(parsing: read(Self.blob(descriptor.digest, path))) {
        case .manifest(let manifest):
            var seen: Set<Digest> = []
            let all = [descriptor.digest, manifest.config.digest] + manifest.layers.map(\.digest)
            return all.filter { seen.insert($0).inserted }
        case .index(let index):
            guard depth < 4, let chosen = platform.choose(among: index.manifests) else { throw ImageError.noImage }
            return try [descriptor.digest] + blobs(of: chosen, for: platform, depth: depth + 1)
        }
    }

    private func read(_ file: FilePath) throws -> [UInt8] {
        do throws(SystemError) {
            return try WholeFile.read(file, limit: 16 << 20)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw BuilderError(.other("\(path) is not an OCI layout, or not whole: there is no \(file)"))
        }
    }

    private static func blob(_ digest: Digest, _ path: FilePath) -> FilePath {
        path.pushing(FilePath(digest.layoutPath))
    }

    private static func add(_ digest: Digest, from path: FilePath, to writer: TarWriter) throws {
        let file = blob(digest, path)
        guard let size = try FileStatus.of(file)?.size else {
            throw BuilderError(.other("\(path) is not whole: there is no \(file)"))
        }
        var entry = TarEntry(.file, path: Array(digest.layoutPath.utf8), mode: 0o644)
        entry.size = size
        try writer.begin(entry)
        let source = try ByteSource(readingFile: file)
        while let piece = try source.next() { try writer.write(piece, 0..<piece.count) }
    }
}
