import Linux

@testable import Builder

/// A tree that exists only in a test.
struct MemoryTree: SourceTree {
    private var entries: [TreePath: TreeEntry] = [TreePath.root: Self.folder]

    static let folder = TreeEntry(kind: .folder, mode: 0o755, uid: 0, gid: 0)

    /// Paths of files; one that ends in a slash is a folder, and `a -> b` a link.
    init(_ lines: String...) throws { try self.init(lines) }

    init(_ lines: [String]) throws {
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            let path = try TreePath(clamping: parts[0])
            for depth in 1..<max(1, path.names.count) { entries[TreePath(path.names.prefix(depth))] = Self.folder }
            if parts.count == 3 {
                let target = Array(parts[2].utf8)
                entries[path] = TreeEntry(kind: .link, mode: 0o777, uid: 0, gid: 0, target: target)
            } else {
                entries[path] = line.hasSuffix("/") ? Self.folder : TreeEntry(kind: .file, mode: 0o644, uid: 0, gid: 0)
            }
        }
    }

    /// Pipes at the top, each of which has another name somewhere else.
    init(pipes names: [String]) throws {
        for (index, name) in names.enumerated() {
            var entry = TreeEntry(kind: .pipe, mode: 0o600, uid: 0, gid: 0)
            entry.identity = TreeEntry.Identity(device: 1, inode: UInt64(index))
            entries[try TreePath(clamping: name)] = entry
        }
    }

    func entry(at path: TreePath) -> TreeEntry? { entries[path] }

    func names(in folder: TreePath) -> [FileName] {
        entries.keys.filter { !$0.isRoot && $0.parent == folder }.compactMap(\.last).sorted()
    }

    func open(_ path: TreePath) throws -> OwnedDescriptor { throw Absent() }
    func attributes(at path: TreePath) -> [String: [UInt8]] { [:] }
    func digest(of path: TreePath, _ entry: TreeEntry) -> [UInt8] { Array("\(path)".utf8) }
}

struct Absent: Error {}
