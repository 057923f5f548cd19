import JSON
import Linux
import OCI
import SystemPackage

/// What images there are and what they are called, in one file that is replaced as a whole.
struct Catalogue: Codable {
    /// By id.
    var images: [String: Entry] = [:]
    /// By the full form of the reference.
    var names: [String: Name] = [:]

    struct Entry: Codable {
        /// Blobs that layers came as, by diff identifier; layers that were made here have none.
        var blobs: [String: Descriptor] = [:]
        /// Blobs that layers which were made here became when they were pushed, by diff identifier. They are not here.
        var packed: [String: Descriptor]?
        /// The manifest under which the layout lists the image.
        var manifest: Descriptor
        /// The manifest as a registry gave it, whatever its words; nil for an image that came from none.
        var origin: Descriptor?
        /// References by digest.
        var digests: [String] = []
        /// How many bytes the layers' files have.
        var size: Int64
        /// In nanoseconds since 1970.
        var addedAt: Int64
    }

    struct Name: Codable {
        var id: String
        /// In nanoseconds since 1970.
        var taggedAt: Int64
        /// The images for other platforms under the same name.
        var others: [String]?
        /// The index that lists all of them, if there is one.
        var index: Descriptor?

        /// The images for all platforms, the one that is meant where nothing is said first.
        var members: [String] { [id] + (others ?? []) }
    }

    /// The images that names have for other platforms than the usual.
    var others: Set<String> { Set(names.values.flatMap { $0.others ?? [] }) }

    /// Reads the catalogue; an empty one where none was written yet.
    static func read(_ path: FilePath) throws -> Catalogue {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path, limit: 64 << 20)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return Catalogue()
        }
        do {
            return try JSON.decode(Catalogue.self, from: bytes)
        } catch {
            throw ImageError.malformed(subject: path.string, reason: "\(error)")
        }
    }

    /// The names of an image, sorted.
    func references(of id: Digest) -> [ImageReference] {
        names.filter { $0.value.id == id.description }.keys.sorted()
            .compactMap { try? ImageReference(parsing: $0) }
    }

    /// Whether an image is there.
    func contains(_ id: Digest) -> Bool { images[id.description] != nil }

    /// What a text means: a whole id, then a name, then the beginning of an id.
    func resolve(_ text: String) throws(ImageError) -> Digest? {
        if let id = Self.wholeID(text), let found = contains(id) ? id : resolve(index: id) { return found }
        if let reference = try? ImageReference(parsing: text), let id = resolve(reference) { return id }
        return try prefix(text)
    }

    /// The usual image of an index.
    private func resolve(index digest: Digest) -> Digest? {
        let name = names.values.first { $0.index?.digest == digest }
        return name.flatMap { try? Digest(parsing: $0.id) }
    }

    /// The images for all platforms that a text means, the usual one first.
    func members(of text: String) throws(ImageError) -> [Digest] {
        guard let id = try resolve(text) else { return [] }
        let reference = (try? ImageReference(parsing: text))?.description
        let name =
            reference.flatMap { names[$0] }
            ?? names.values.first { $0.index != nil && $0.index?.digest == Self.wholeID(text) }
        guard let name, name.id == id.description else { return [id] }
        return name.members.compactMap { try? Digest(parsing: $0) }
    }

    private static func wholeID(_ text: String) -> Digest? {
        try? Digest(parsing: text.hasPrefix("sha256:") ? text : "sha256:" + text)
    }

    /// The image of a name. A digest selects, whatever tag is beside it.
    func resolve(_ reference: ImageReference) -> Digest? {
        guard let digest = reference.digest else {
            return names[reference.description].flatMap { try? Digest(parsing: $0.id) }
        }
        let pinned = "\(reference.repository)@\(digest)"
        let id = images.first { $0.value.digests.contains(pinned) }?.key
        return id.flatMap { try? Digest(parsing: $0) }
    }

    private func prefix(_ text: String) throws(ImageError) -> Digest? {
        let start = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        let digits = "0123456789abcdef".utf8
        guard !start.isEmpty, start.utf8.allSatisfy({ digits.contains($0) }) else { return nil }
        let ids = images.keys.filter { $0.hasPrefix("sha256:" + start) }
        guard ids.count < 2 else { throw .ambiguousPrefix(text) }
        return ids.first.flatMap { try? Digest(parsing: $0) }
    }
}
