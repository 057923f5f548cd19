import Linux
import SystemPackage

/// A folder of the host as a source: the build context, or a named one. Everything in it belongs to root.
///
/// What was just unpacked is one as well, where owners are kept, and files may be taken out of it.
struct ContextTree: SourceTree {
    private let tree: AnchoredTree
    private let memory: ContentMemory
    private let isUnpacked: Bool

    init(_ path: FilePath, memory: ContentMemory, isUnpacked: Bool = false) throws(SystemError) {
        tree = try AnchoredTree(path)
        self.memory = memory
        self.isUnpacked = isUnpacked
    }

    func entry(at path: TreePath) throws -> TreeEntry? {
        guard let status = try tree.status(at: path) else { return nil }
        var entry = try tree.entry(at: path, status)
        if !isUnpacked { (entry.uid, entry.gid) = (0, 0) }
        if entry.kind == .file { entry.content = ContentMemory.Identity(status) }
        return entry
    }

    func names(in folder: TreePath) throws -> [FileName] { try tree.names(in: folder) }

    func open(_ path: TreePath) throws -> OwnedDescriptor { try tree.open(path) }

    func attributes(at path: TreePath) throws -> [String: [UInt8]] {
        path.isRoot ? [:] : try tree.attributes(at: path)
    }

    func attributes(at path: TreePath, of entry: TreeEntry) throws -> [String: [UInt8]] {
        guard let content = entry.content else { return try attributes(at: path) }
        return try memory.attributes(of: content) { try attributes(at: path) }
    }

    func digest(of path: TreePath, _ entry: TreeEntry) throws -> [UInt8] {
        guard let content = entry.content else { return try FileDigest.compute(tree.open(path)) }
        return try memory.digest(of: content) { try tree.open(path) }
    }

    func ownPlace(of path: TreePath) throws -> (folder: OpenFolder, name: FileName)? {
        isUnpacked ? try tree.place(of: path) : nil
    }
}
