import Linux
import Synchronization

/// What a stack of layers shows together, read without mounting it.
///
/// A whiteout hides what is below it and an opaque folder all that it covers, as the kernel's documentation of overlayfs has
/// them.
final class MergedTree: SourceTree {
    /// The topmost first.
    private let layers: [AnchoredTree]
    /// For folders that were asked for: the layers that show through there, as indices, the topmost first.
    private let visible: Mutex<[TreePath: [Int]]>

    /// - Parameter layers: the layers' folders, base first.
    init(_ layers: [AnchoredTree]) {
        self.layers = layers.reversed()
        visible = Mutex([.root: Array(self.layers.indices)])
    }

    func entry(at path: TreePath) throws -> TreeEntry? {
        guard !path.isRoot else { return try rootEntry() }
        return try find(path).map { try layers[$0.layer].entry(at: path, $0.status) }
    }

    func names(in folder: TreePath) throws -> [FileName] {
        let visible = try layersShowing(folder)
        guard visible.count > 1 else {
            let names = try visible.first.map { try layers[$0].names(in: folder) } ?? []
            return try names.filter { try find(folder.appending($0)) != nil }
        }
        var names: Set<FileName> = []
        for layer in visible { names.formUnion(try layers[layer].names(in: folder)) }
        return try names.sorted().filter { try find(folder.appending($0)) != nil }
    }

    func open(_ path: TreePath) throws -> OwnedDescriptor {
        guard let found = try find(path) else {
            throw SystemError("openat", on: "\(path)", errno: .noSuchFileOrDirectory)
        }
        return try layers[found.layer].open(path)
    }

    func attributes(at path: TreePath) throws -> [String: [UInt8]] {
        guard !path.isRoot, let found = try find(path) else { return [:] }
        return try layers[found.layer].attributes(at: path)
    }

    func digest(of path: TreePath, _ entry: TreeEntry) throws -> [UInt8] {
        try FileDigest.compute(open(path))
    }

    /// A whole file of the tree, links followed; nil when there is none.
    func contents(of path: TreePath, limit: Int = 1 << 20) throws -> [UInt8]? {
        let resolved = try resolve(path)
        guard let entry = try entry(at: resolved), entry.kind == .file, entry.size <= limit else { return nil }
        let file = try open(resolved)
        var contents: [UInt8] = []
        while contents.count <= limit {
            let piece = try file.read(1 << 16)
            guard !piece.isEmpty else { return contents }
            contents += piece
        }
        return nil
    }

    private func rootEntry() throws -> TreeEntry {
        guard let top = layers.first else { return TreeEntry(kind: .folder, mode: 0o755, uid: 0, gid: 0) }
        return TreeEntry(try top.root.status())
    }

    /// The topmost thing of that path, and the layer that it is in.
    private func find(_ path: TreePath) throws -> (layer: Int, status: FileStatus)? {
        for layer in try layersShowing(path.parent) {
            guard let status = try layers[layer].status(at: path) else { continue }
            return status.isWhiteout ? nil : (layer, status)
        }
        return nil
    }

    private func layersShowing(_ folder: TreePath) throws -> [Int] {
        if let known = visible.withLock({ $0[folder] }) { return known }
        guard let name = folder.last else { return [] }
        var showing: [Int] = []
        for layer in try layersShowing(folder.parent) {
            guard let parent = try layers[layer].folder(at: folder.parent), let status = try parent.status(name) else {
                continue
            }
            guard status.kind == .folder else { break }
            showing.append(layer)
            if try isOpaque(name, in: parent) { break }
        }
        let found = showing
        visible.withLock { $0[folder] = found }
        return found
    }

    private func isOpaque(_ name: FileName, in folder: OpenFolder) throws -> Bool {
        try ["trusted.overlay.opaque", "user.overlay.opaque"].contains { key in
            try folder.extendedAttribute(key, of: name) == Array("y".utf8)
        }
    }
}
