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
            guard let id = try catalogue.resolve(text) else { throw ImageError.notFound(text) }
            let before = catalogue
            let work = ImageRemovalWork(id: id, text: text, force: force, users: try users(id))
            var done = try work.perform(on: &catalogue)
            done += try removeOthers(of: before, from: &catalogue, users)
            guard catalogue.images.count < before.images.count else { return done }
            let standing = Set(work.users.flatMap(\.layers)).union(kept)
            return done + (try discard(what: before, has: catalogue, keeping: standing))
        }
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
    private func removeOthers(
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

    /// Removes images that nothing needs.
    ///
    /// - Parameters:
    ///   - includesNamed: Whether images with names go too, not only dangling ones.
    ///   - filter: Which may go.
    /// - Returns: What went, and how many bytes its layers had.
    public func prune(
        includesNamed: Bool = false,
        keeping kept: Set<Digest> = [],
        where filter: (Image) throws -> Bool = { _ in true },
        users: (Digest) throws -> [ImageUser]
    ) throws -> (removals: [ImageRemoval], reclaimed: Int64) {
        let before = try layers.list()
        var removals: [ImageRemoval] = []
        for image in try list()
        where try (includesNamed || image.isDangling) && filter(image) && users(image.id).isEmpty {
            removals += try change { catalogue in
                let before = catalogue
                let work = ImageRemovalWork(id: image.id, text: image.id.description, force: true, users: [])
                let done = try work.perform(on: &catalogue) + removeOthers(of: before, from: &catalogue, users)
                return done + (try discard(what: before, has: catalogue, keeping: kept))
            }
        }
        let left = Set(try layers.list().map(\.diffID))
        return (removals, before.filter { !left.contains($0.diffID) }.reduce(0) { $0 + $1.size })
    }

    /// After an hour nobody works any more on a blob that belongs to nothing.
    private static let blobLifetime: Int64 = 3_600 * 1_000_000_000

    /// Removes what belonged to images that the catalogue has no more, except what others have too.
    private func discard(
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
        for index in catalogue.names.values.compactMap(\.index) { blobs.formUnion((try? closure(of: index)) ?? []) }
        return blobs
    }
}

/// One removal, decided on the catalogue alone.
private struct ImageRemovalWork {
    let id: Digest
    let text: String
    let force: Bool
    let users: [ImageUser]

    func perform(on catalogue: inout Catalogue) throws(ImageError) -> [ImageRemoval] {
        let references = catalogue.references(of: id)
        if let removals = try pinned(references, in: &catalogue) { return removals }
        if let named = reference(among: references) {
            let isLast = references.count == 1 && !catalogue.others.contains(id.description)
            if isLast { try refuseLastName() }
            let untagged = untag([named], in: &catalogue)
            // What runs keeps its image, without a name.
            return isLast && running == nil ? untagged + delete(from: &catalogue) : untagged
        }
        if let reason = running { throw inUse("delete \(id.short)", isFinal: true, reason) }
        guard force || Set(references.map(\.repository)).count <= 1 else {
            throw inUse("delete \(id.short)", isFinal: false, "image is referenced in multiple repositories")
        }
        if !force, let user = users.first {
            throw inUse("delete \(id.short)", isFinal: false, "image is being used by stopped container \(user.name)")
        }
        return untag(references, in: &catalogue) + delete(from: &catalogue)
    }

    /// Takes a name by digest, if one was given; the last of all names takes the image with it.
    private func pinned(
        _ references: [ImageReference],
        in catalogue: inout Catalogue
    ) throws(ImageError) -> [ImageRemoval]? {
        guard let reference = try? ImageReference(parsing: text), let digest = reference.digest else { return nil }
        let name = "\(reference.repository)@\(digest)"
        let left = (catalogue.images[id.description]?.digests ?? []).filter { $0 != name }
        guard let pinned = try? ImageReference(parsing: name) else { return nil }
        if references.isEmpty, left.isEmpty {
            try refuseLastName()
            if running == nil { return delete(from: &catalogue) }
        }
        catalogue.images[id.description]?.digests = left
        return [.untagged(pinned)]
    }

    /// The name that was given; nil if it was an id.
    private func reference(among references: [ImageReference]) -> ImageReference? {
        guard let reference = try? ImageReference(parsing: text), reference.digest == nil else { return nil }
        return references.first { $0 == reference }
    }

    private var running: String? {
        users.first(where: \.isRunning).map { "image is being used by running container \($0.name)" }
    }

    private func refuseLastName() throws(ImageError) {
        guard !force, let user = users.first else { return }
        let reason = "container \(user.name) is using its referenced image \(id.short)"
        throw inUse("remove repository reference \"\(text)\"", isFinal: false, reason)
    }

    private func inUse(_ subject: String, isFinal: Bool, _ reason: String) -> ImageError {
        .inUse(subject: subject, isFinal: isFinal, reason: reason)
    }

    private func untag(_ references: [ImageReference], in catalogue: inout Catalogue) -> [ImageRemoval] {
        references.flatMap { reference in
            catalogue.names[reference.description] = nil
            return [.untagged(reference)] + untagDigests(besides: reference, in: &catalogue)
        }
    }

    /// The names by digest of a repository go with its last tag, as long as there is another.
    private func untagDigests(besides reference: ImageReference, in catalogue: inout Catalogue) -> [ImageRemoval] {
        let left = catalogue.references(of: id)
        guard !left.isEmpty, !left.contains(where: { $0.repository == reference.repository }) else { return [] }
        let digests = catalogue.images[id.description]?.digests ?? []
        let gone = digests.filter { $0.hasPrefix("\(reference.repository)@") }
        catalogue.images[id.description]?.digests = digests.filter { !gone.contains($0) }
        return gone.compactMap { try? ImageReference(parsing: $0) }.map(ImageRemoval.untagged)
    }

    private func delete(from catalogue: inout Catalogue) -> [ImageRemoval] {
        let pinned = (catalogue.images[id.description]?.digests ?? []).compactMap { try? ImageReference(parsing: $0) }
        _ = catalogue.drop(id)
        return pinned.map(ImageRemoval.untagged) + [.deleted(id)]
    }
}
