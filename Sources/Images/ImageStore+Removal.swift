import Linux
public import OCI
import Storage

/// Something that was made from an image and still needs it.
public struct ImageUser: Hashable, Sendable {
    /// The container's name.
    public let name: String
    /// Whether it cannot do without the image now.
    public let isRunning: Bool
    /// The layers it stands on, as diff identifiers.
    public let layers: [Digest]

    /// A user of these parts.
    public init(name: String, isRunning: Bool, layers: [Digest]) {
        self.name = name
        self.isRunning = isRunning
        self.layers = layers
    }
}

/// What a removal did, as `rmi` prints it.
public enum ImageRemoval: Hashable, Sendable {
    case untagged(ImageReference)
    case deleted(Digest)
}

extension ImageRemoval: CustomStringConvertible {
    /// As `rmi` prints it.
    public var description: String {
        switch self {
        case .untagged(let reference): "Untagged: \(reference.familiar)"
        case .deleted(let digest): "Deleted: \(digest)"
        }
    }
}

extension ImageStore {
    /// Takes a name from an image, or removes an image by its id, by the rules of `docker rmi`.
    ///
    /// The last name takes the image with it, unless a container uses it. An id removes the image only if its names are
    /// all in one repository. `force` overrules both; a running container keeps its image, which only loses its name.
    ///
    /// - Parameters:
    ///   - users: The containers, given an image.
    ///   - kept: Layers that stay although no image has them, such as those of a build cache.
    /// - Throws: ``ImageError/notFound(_:)``, ``ImageError/inUse(subject:isFinal:reason:)``
    public func remove(
        _ text: String,
        force: Bool = false,
        keeping kept: Set<Digest> = [],
        users: (Digest) throws -> [ImageUser]
    ) throws -> [ImageRemoval] {
        try change { catalogue in
            let ids = try meant(by: text, in: catalogue)
            guard !ids.isEmpty else { throw ImageError.notFound(text) }
            let before = catalogue
            var (done, standing): ([ImageRemoval], Set<Digest>) = ([], kept)
            for id in ids {
                let work = ImageRemovalWork(id: id, text: text, force: force, users: try users(id))
                // A name by digest that several images have goes once.
                done += try work.perform(on: &catalogue).filter { !done.contains($0) }
                standing.formUnion(work.users.flatMap(\.layers))
            }
            done += try removeOthers(of: before, from: &catalogue, users)
            guard catalogue.images.count < before.images.count else { return done }
            return done + (try discard(what: before, has: catalogue, keeping: standing))
        }
    }

    /// What goes with a text: of images under one name the usual one takes the others with it, while a name by digest is
    /// taken from each image that has it.
    private func meant(by text: String, in catalogue: Catalogue) throws -> [Digest] {
        let members = try catalogue.members(of: text)
        let isPinned = (try? ImageReference(parsing: text))?.digest != nil
        return isPinned ? try usualFirst(members) : Array(members.prefix(1))
    }

    /// Removes the image for a platform of those that a name has, whatever other names have it.
    ///
    /// - Throws: ``ImageError/otherPlatform(name:_:)`` where there is none.
    public func remove(
        _ text: String,
        platform: Platform,
        keeping kept: Set<Digest> = [],
        users: (Digest) throws -> [ImageUser]
    ) throws -> [ImageRemoval] {
        try change { catalogue in
            let members = try catalogue.members(of: text)
            guard !members.isEmpty else { throw ImageError.notFound(text) }
            let found = try members.first { member in
                try configurationIfWhole(of: member)?.platform.normalized == platform.normalized
            }
            guard let id = found else { throw ImageError.otherPlatform(name: text, platform) }
            let using = try users(id)
            if let user = using.first(where: \.isRunning) {
                let reason = "image is being used by running container \(user.name)"
                throw ImageError.inUse(subject: "delete \(id.short)", isFinal: true, reason: reason)
            }
            let before = catalogue
            let untagged = catalogue.drop(id).map(ImageRemoval.untagged)
            let standing = Set(using.flatMap(\.layers)).union(kept)
            return untagged + [.deleted(id)] + (try discard(what: before, has: catalogue, keeping: standing))
        }
    }

    /// Removes images for further platforms whose name went, unless they have another one or a container uses them.
    func removeOthers(
        of before: Catalogue,
        from catalogue: inout Catalogue,
        _ users: (Digest) throws -> [ImageUser]
    ) throws -> [ImageRemoval] {
        let named = Set(catalogue.names.values.flatMap(\.members))
        var done: [ImageRemoval] = []
        for name in before.others.subtracting(named).sorted() {
            let id = try Digest(parsing: name)
            guard catalogue.contains(id), try users(id).isEmpty else { continue }
            catalogue.images[name] = nil
            done.append(.deleted(id))
        }
        return done
    }

    /// After an hour nobody works any more on a blob that belongs to nothing.
    private static let blobLifetime: Int64 = 3_600 * 1_000_000_000

    /// Removes what belonged to images that the catalogue has no more, except what others have too.
    func discard(
        what before: Catalogue,
        has catalogue: Catalogue,
        keeping kept: Set<Digest>
    ) throws -> [ImageRemoval] {
        let left = try Set(catalogue.images.keys.map { try Digest(parsing: $0) })
        let gone = try before.images.keys.sorted().map { try Digest(parsing: $0) }.filter { !left.contains($0) }
        let needed = try left.reduce(into: kept) { $0.formUnion(try diffIDs(of: $1, in: before)) }
        let mine = try gone.flatMap { try diffIDs(of: $0, in: before).reversed() }
        let (neededBlobs, released) = (try blobs(of: catalogue), try blobs(of: before))
        for blob in try blobs.list() where !neededBlobs.contains(blob) {
            let age = Timestamp.now() - (try FileStatus.of(blobs.path(of: blob))?.modifiedAt ?? 0)
            // What was written a moment ago belongs to an image that is just coming.
            if released.contains(blob) || age > Self.blobLifetime { try blobs.remove(blob) }
        }
        var done: [ImageRemoval] = []
        var seen: Set<Digest> = []
        for diffID in mine where !needed.contains(diffID) && seen.insert(diffID).inserted {
            try layers.remove(diffID)
            done.append(.deleted(diffID))
        }
        return done
    }

    /// The layers of an image, base first; of one whose configuration is gone those that came as blobs.
    private func diffIDs(of id: Digest, in catalogue: Catalogue) throws -> [Digest] {
        if let configuration = try configurationIfWhole(of: id) { return configuration.rootfs.diffIDs }
        return try catalogue.images[id.description]?.blobs.keys.sorted().map { try Digest(parsing: $0) } ?? []
    }

    /// All blobs that belong to something.
    private func blobs(of catalogue: Catalogue) throws -> Set<Digest> {
        var blobs: Set<Digest> = []
        for (id, entry) in catalogue.images {
            blobs.formUnion(
                [try Digest(parsing: id), entry.manifest.digest] + (entry.origin.map { [$0.digest] } ?? [])
            )
            blobs.formUnion(entry.blobs.values.map(\.digest))
        }
        for index in catalogue.names.values.compactMap(\.index) { blobs.formUnion(readableClosure(of: index)) }
        return blobs
    }
}
