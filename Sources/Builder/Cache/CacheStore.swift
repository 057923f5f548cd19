public import Images
import JSON
import Linux
public import OCI
public import Storage
import SystemPackage

/// What the build cache of a root holds, and what may be removed from it.
///
/// Whoever removes something holds the gate alone, so that no build begins to use it meanwhile; what running builds use
/// is written in their workspaces. A thing disappears before the records that lead to it do, and a record that leads to
/// nothing is as good as none: a removal that is killed leaves a good cache.
public struct CacheStore: Sendable {
    private let root: StateRoot
    private let images: ImageStore
    private let cache: BuildCache

    /// The build cache of a root with these images.
    public init(root: StateRoot, images: ImageStore) throws {
        self.root = root
        self.images = images
        cache = try BuildCache(root)
    }

    // MARK: What there is

    /// Everything, the longest unused last.
    public func items() throws -> [CacheItem] {
        let pins = try Workspace.pins(in: root)
        let shared = Set(try images.list().flatMap(\.layers))
        let items = try layers(shared, pins) + mounts(pins) + contexts()
        return items.sorted { ($0.usedAt, $1.id) > ($1.usedAt, $0.id) }
    }

    /// The layers that have to stay when images go: those of the cache, and those that running builds stand on.
    ///
    /// - Parameter body: is called while no build begins to use anything.
    public func whileLayersStay<Result>(_ body: (Set<Digest>) throws -> Result) throws -> Result {
        let lock = try FileLock.await(cache.gate)
        let noted = try names("layers") + Workspace.pins(in: root)
        let result = try body(Set(noted.compactMap(LayerStore.diffID)))
        _ = consume lock
        return result
    }

    private func names(_ kind: String) throws -> [String] {
        let folder = cache.folder.appending(kind)
        guard Folder.hasEntry(folder) else { return [] }
        return try Folder.names(in: folder).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    }

    private func layers(_ shared: Set<Digest>, _ pins: Set<String>) throws -> [CacheItem] {
        try names("layers").compactMap { name in
            guard let digest = LayerStore.diffID(name), let record = try images.layers.record(digest),
                let note: BuildCache.Note = cache.read("layers", name)
            else { return nil }
            return CacheItem(
                id: name,
                kind: note.kind ?? .layer,
                description: note.description,
                size: record.size,
                createdAt: note.created,
                usedAt: try FileStatus.of(cache.path("layers", name))?.modifiedAt ?? note.created,
                isShared: shared.contains(digest),
                isInUse: pins.contains(name)
            )
        }
    }

    private func mounts(_ pins: Set<String>) throws -> [CacheItem] {
        try names("mounts").compactMap { name in
            guard var note: BuildCache.Note = cache.read("mounts", name) else { return nil }
            let isInUse = pins.contains(name)
            let used = try FileStatus.of(cache.path("mounts", name))?.modifiedAt ?? note.created
            let folders = try self.folders(ofMount: name)
            if note.size == nil || isInUse || (note.measured ?? 0) < used {
                note.size = folders.reduce(0) { $0 + DiskUse.bytes(below: $1) }
                note.measured = used
                try cache.write(note, "mounts", name)
                try FileTimes.set(cache.path("mounts", name), to: used)
            }
            return CacheItem(
                id: name,
                kind: .mount,
                description: note.description,
                size: note.size ?? 0,
                createdAt: note.created,
                usedAt: used,
                isShared: false,
                isInUse: isInUse
            )
        }
    }

    /// A cache that is not shared has a folder for each command that used it at the same time.
    private func folders(ofMount name: String) throws -> [FilePath] {
        try Folder.names(in: cache.mounts)
            .filter { ($0 == name || $0.hasPrefix("\(name)-")) && !$0.contains(".") }
            .map { cache.mounts.appending($0) }
    }

    private func contexts() throws -> [CacheItem] {
        let folder = cache.folder.appending("contexts")
        return try Folder.names(in: folder).compactMap { name in
            guard let status = try FileStatus.of(folder.appending(name)) else { return nil }
            return CacheItem(
                id: name,
                kind: .context,
                description: "digests of a context's files",
                size: status.size,
                createdAt: status.modifiedAt,
                usedAt: status.modifiedAt,
                isShared: false,
                isInUse: false
            )
        }
    }

    // MARK: Removing

    /// Removes what a rule is about, and what an earlier removal that was killed has left.
    ///
    /// - Returns: What went.
    @discardableResult
    public func prune(_ rule: CacheRule) throws -> [CacheItem] {
        let lock = try FileLock.await(cache.gate)
        let gone = try remove(by: [rule])
        try forget(gone)
        _ = consume lock
        return gone
    }

    /// Removes what the policy of this machine does not let stay.
    func collect(_ policy: CachePolicy) throws {
        let lock = try FileLock.await(cache.gate)
        let gone = try remove(by: policy.rules)
        if !gone.isEmpty { try forget(gone) }
        _ = consume lock
    }

    private func remove(by rules: [CacheRule]) throws -> [CacheItem] {
        var left = try items()
        var gone: [CacheItem] = []
        for rule in rules {
            let free = try FileSystemSpace(at: root.data).free
            let chosen = rule.choose(among: left, free: free, now: Timestamp.now())
            for item in chosen { try remove(item) }
            gone += chosen
            left.removeAll(where: Set(chosen).contains)
        }
        return gone
    }

    private func remove(_ item: CacheItem) throws {
        switch item.kind {
        case .layer, .checkout:
            if !item.isShared, let digest = LayerStore.diffID(item.id) { try images.layers.remove(digest) }
            try Removal.file(cache.path("layers", item.id))
        case .mount:
            for folder in try folders(ofMount: item.id) {
                // Half a cache would be worse than none.
                let gone = try images.layers.makeDraft()
                try Removal.tree(gone.contents)
                _ = try Folder.move(folder, to: gone.contents)
            }
            try Removal.file(cache.path("mounts", item.id))
        case .context: try Removal.file(cache.folder.appending("contexts").appending(item.id))
        }
    }

    /// Removes the records that lead to what is gone.
    private func forget(_ gone: [CacheItem]) throws {
        let ids = Set(gone.map(\.id))
        for kind in ["steps", "sources"] {
            for key in try names(kind) {
                let layer = kind == "steps" ? cache.step(key)?.layer : cache.source(key)?.layer
                guard let layer, !ids.contains(layer.hex), images.layers.contains(layer) else {
                    try Removal.file(cache.path(kind, key))
                    continue
                }
            }
        }
        for name in try names("layers") {
            guard let layer = LayerStore.diffID(name), images.layers.contains(layer) else {
                try Removal.file(cache.path("layers", name))
                continue
            }
        }
        let known = Set(try images.list().map(\.id))
        for key in try names("images") where !(cache.image(key).map { known.contains($0.id) } ?? false) {
            try Removal.file(cache.path("images", key))
        }
    }
}
