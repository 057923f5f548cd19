import Compression
import JSON
import Linux
public import OCI
public import Storage
public import SystemPackage

/// A folder with images in it as other tools read them. OCI image specification, image-layout.md
public struct ImageLayout: Sendable {
    /// The folder.
    public let folder: FilePath

    /// The layout in a folder, which need not exist yet.
    public init(_ folder: FilePath) {
        self.folder = folder
    }

    /// What it holds.
    public var blobs: BlobStore { BlobStore(folder) }

    /// What the file `oci-layout` holds.
    static let mark = Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)
    private static let annotation = "org.opencontainers.image.ref.name"

    /// What its table of contents lists; nothing where there is no layout yet.
    public func manifests() throws -> [Descriptor] {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(folder.appending("index.json"), limit: ManifestDocument.maximumSize)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return []
        }
        guard case .index(let index) = try ManifestDocument(parsing: bytes) else {
            throw ImageError.malformed(subject: folder.appending("index.json").string, reason: "not an index")
        }
        return index.manifests
    }

    /// What its table of contents lists under a tag; nil if nothing.
    public func manifest(tagged tag: String) throws -> Descriptor? {
        try manifests().last { $0.annotations?[Self.annotation] == tag }
    }

    /// Lists a manifest under a tag, in place of what had the tag before.
    public func list(_ manifests: [Descriptor]) throws {
        let tags = Set(manifests.compactMap { $0.annotations?[Self.annotation] })
        let kept = try self.manifests().filter { known in
            let tag = known.annotations?[Self.annotation]
            return !(tag.map(tags.contains) ?? manifests.contains { $0.digest == known.digest })
        }
        try WholeFile.replace(folder.appending("oci-layout"), with: Self.mark, isDurable: false, mode: 0o644)
        let index = try JSON.encode(ImageIndex(manifests: kept + manifests))
        try WholeFile.replace(folder.appending("index.json"), with: index, isDurable: false, mode: 0o644)
    }

    /// Writes the layout as one archive.
    ///
    /// - Parameter further: members besides those of a layout, by name.
    public func archive(_ further: [String: [UInt8]] = [:], to sink: @escaping ByteSink) throws {
        let writer = TarWriter(sink)
        let digests = try blobs.list().sorted()
        try writer.addFolders(for: digests)
        for digest in digests { try writer.add(file: blobs.path(of: digest), as: digest.layoutPath) }
        var members = further
        for name in ["index.json", "oci-layout"] { members[name] = try WholeFile.read(folder.appending(name)) }
        for (name, contents) in members.sorted(by: { $0.key < $1.key }) {
            try writer.add(TarEntry(.file, path: Array(name.utf8), mode: 0o644), contents: contents)
        }
        try writer.finish()
    }
}

extension TarWriter {
    /// The folders in which a layout has these blobs.
    func addFolders(for digests: some Sequence<Digest>) throws {
        let folders = Set(digests.map(\.algorithm)).sorted().map { "blobs/\($0)/" }
        for name in ["blobs/"] + folders { try add(TarEntry(.folder, path: Array(name.utf8), mode: 0o755)) }
    }

    /// A member with what a file holds.
    fileprivate func add(file path: FilePath, as name: String) throws {
        var entry = TarEntry(.file, path: Array(name.utf8), mode: 0o644)
        entry.size = try FileStatus.of(path)?.size ?? 0
        try begin(entry)
        let source = try ByteSource(readingFile: path)
        while let piece = try source.next() { try write(piece, 0..<piece.count) }
    }
}
