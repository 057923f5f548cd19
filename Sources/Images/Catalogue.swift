import JSON
import Linux
import OCI
import SystemPackage

/// What images there are and what they are called, in one file that is replaced as a whole.
struct Catalogue: Codable, Equatable {
    /// By id.
    var images: [String: Entry] = [:]
    /// By the full form of the reference.
    var names: [String: Name] = [:]

    struct Entry: Codable, Equatable {
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

    struct Name: Codable, Equatable {
        var id: String
        /// In nanoseconds since 1970.
        var taggedAt: Int64
        /// The images for other platforms under the same name.
        var others: [String]?
        /// The index that lists all of them, if there is one.
        var index: Descriptor?

        /// The images for all platforms, the one that is meant where nothing is said first.
        var members: [String] { [id] + (others ?? []) }

        fileprivate var digests: [Digest] { members.compactMap { try? Digest(parsing: $0) } }
    }

    /// Under what images are kept together that no name leads to: no reference reads so.
    static func key(of index: Descriptor) -> String { "@\(index.digest)" }

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

    /// The images for all platforms that a text means, which is a whole id, a name, or the beginning of an id; of a name
    /// the usual one first.
    func members(of text: String) throws(ImageError) -> [Digest] {
        if let id = Self.wholeID(text) {
            if contains(id) { return [id] }
            if let name = names.values.first(where: { $0.index?.digest == id }) { return name.digests }
        }
        if let reference = try? ImageReference(parsing: text) {
            let members = members(of: reference)
            if !members.isEmpty { return members }
        }
        return try prefix(text).map { [$0] } ?? []
    }

    /// The images for all platforms that a name has. A digest selects, whatever tag is beside it.
    func members(of reference: ImageReference) -> [Digest] {
        guard let digest = reference.digest else { return names[reference.description]?.digests ?? [] }
        let pinned = "\(reference.repository)@\(digest)"
        return images.filter { $0.value.digests.contains(pinned) }.keys.sorted().compactMap { try? Digest(parsing: $0) }
    }

    /// The references by digest that are known of what a name means.
    func digests(of reference: ImageReference) -> [String] {
        members(of: reference).flatMap { images[$0.description]?.digests ?? [] }
    }

    /// Takes an image away. Its names are left to those for other platforms, without the index, which is not whole any more.
    ///
    /// - Returns: the names that nothing has now.
    mutating func drop(_ id: Digest) -> [ImageReference] {
        images[id.description] = nil
        var gone: [String] = []
        for (key, name) in names where name.members.contains(id.description) {
            let left = name.members.filter { $0 != id.description }
            guard let first = left.first, !key.hasPrefix("@") else {
                names[key] = nil
                gone.append(key)
                continue
            }
            names[key] = Name(id: first, taggedAt: name.taggedAt)
            if left.count > 1 { names[key]?.others = Array(left.dropFirst()) }
        }
        return gone.sorted().compactMap { try? ImageReference(parsing: $0) }
    }

    private static func wholeID(_ text: String) -> Digest? {
        try? Digest(parsing: text.hasPrefix("sha256:") ? text : "sha256:" + text)
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
