import Linux
import OCI
import Storage
import Synchronization
import SystemPackage

/// The layers that one build stands on and makes: each stays as long as the build lives.
final class LayerShelf: Sendable {
    let store: LayerStore
    let cache: BuildCache
    let workspace: Workspace
    /// The time that the build writes down, in nanoseconds since 1970.
    let now: Int64
    private let state = Mutex(State())

    private struct Layer {
        let folder: FilePath
        let tree: AnchoredTree
    }

    private struct State {
        var trees: [[Digest]: MergedTree] = [:]
        var layers: [Digest: Layer] = [:]
        var hasMadeLayers = false
    }

    init(_ store: LayerStore, _ cache: BuildCache, _ workspace: Workspace, now: Int64) {
        self.store = store
        self.cache = cache
        self.workspace = workspace
        self.now = now
    }

    /// The tree that layers show.
    func tree(of layers: [Digest]) throws -> MergedTree {
        let known = state.withLock { $0.trees[layers] }
        if let known { return known }
        let tree = MergedTree(try distinct(layers).map { try layer($0).tree })
        state.withLock { $0.trees[layers] = tree }
        return tree
    }

    /// The folders of layers, base first.
    func folders(of layers: [Digest]) throws -> [FilePath] {
        try distinct(layers).map { try layer($0).folder }
    }

    /// Whether a layer is in the store, whole.
    func contains(_ digest: Digest) -> Bool { (try? layer(digest)) != nil }

    /// Of a layer that appears more than once the topmost is left: it shows all that the others would.
    private func distinct(_ layers: [Digest]) -> [Digest] {
        var seen: Set<Digest> = []
        return layers.reversed().filter { seen.insert($0).inserted }.reversed()
    }

    /// A layer, which is looked for and opened once, and stays as long as the build lives.
    private func layer(_ digest: Digest) throws -> Layer {
        let known = state.withLock { $0.layers[digest] }
        if let known { return known }
        return try cache.whileKept {
            let folder = try store.contents(of: digest)
            try workspace.pin(digest.hex)
            let layer = Layer(folder: folder, tree: try AnchoredTree(folder))
            state.withLock { $0.layers[digest] = layer }
            return layer
        }
    }

    /// Makes what a step has come to a layer of the cache.
    func keep(_ draft: LayerDraft, _ description: String, kind: CacheItem.Kind = .layer) throws -> Digest {
        state.withLock { $0.hasMadeLayers = true }
        return try cache.whileKept {
            let layer = try store.commit(upper: draft.contents).diffID
            try workspace.pin(layer.hex)
            try cache.noteUse(of: layer, description, created: now, kind: kind)
            return layer
        }
    }

    /// Notes that a layer is used as long as the build lives, and belongs to the cache.
    func noteUse(of layer: Digest, _ description: String) throws {
        try cache.whileKept {
            try workspace.pin(layer.hex)
            try cache.noteUse(of: layer, description, created: now)
        }
    }

    /// Notes that the folder of a mount is used as long as the build lives.
    func noteUse(ofMount key: String, at target: String) throws {
        try cache.whileKept {
            try workspace.pin(key)
            try cache.noteUse(ofMount: key, "mount at \(target)")
        }
    }

    /// Whether a step has come to a layer that was not there.
    var hasMadeLayers: Bool { state.withLock(\.hasMadeLayers) }
}
