import Linux
public import SystemPackage

/// What a container has done to a file of its image.
public struct ContainerChange: Hashable, Sendable {
    /// What it can have done, with Docker's letter for it.
    public enum Kind: String, Hashable, Sendable {
        case added = "A"
        case changed = "C"
        case removed = "D"
    }

    /// What it has done.
    public var kind: Kind
    /// The file, absolute.
    public var path: String
}

extension Container {
    /// The paths in the container's own layer that are there only to be mounted on, without a leading slash.
    public func mountStubs(layers: [FilePath]) throws -> [String] {
        let upper = try OpenFolder(opening: FilePath(folders.upper))
        let image = try imageTree(layers: layers)
        defer { withExtendedLifetime(image) {} }
        return try MountStub.paths(in: upper, missingIn: image.root).map { String($0.dropFirst()) }
    }

    /// What the container has changed, by path. What was made only to be mounted on is no change.
    public func changes(layers: [FilePath]) throws -> [ContainerChange] {
        let upper = try OpenFolder(opening: FilePath(folders.upper))
        let tree = try imageTree(layers: layers)
        defer { withExtendedLifetime(tree) {} }
        let image = tree.root
        let stubs = try Set(MountStub.paths(in: upper, missingIn: image))
        var found: [(change: ContainerChange, isSolid: Bool)] = []
        var walk = try TreeWalk(upper)
        while let visit = try walk.next() {
            switch visit {
            case .left: continue
            case .entered(_, let status):
                let path = Self.path(walk.path)
                if stubs.contains(path) {
                    walk.skipRest()
                    continue
                }
                let before = try image.status(inRoot: Array(path.utf8), followsLast: false)
                let change = ContainerChange(kind: before == nil ? .added : .changed, path: path)
                found.append((change, before.map { !$0.isLike(status) } ?? true))
            case .entry(let name, let status):
                let path = Self.path(walk.path + [name])
                if stubs.contains(path) { continue }
                let isInImage = try image.status(inRoot: Array(path.utf8), followsLast: false) != nil
                let kind: ContainerChange.Kind = status.isWhiteout ? .removed : isInImage ? .changed : .added
                found.append((ContainerChange(kind: kind, path: path), true))
            }
        }
        return Self.solid(found)
    }

    private static func path(_ names: [FileName]) -> String {
        names.map { "/\($0)" }.joined()
    }

    /// Leaves folders out that are there only for the sake of what was left out in them.
    private static func solid(_ found: [(change: ContainerChange, isSolid: Bool)]) -> [ContainerChange] {
        var kept: [ContainerChange] = []
        for (change, isSolid) in found.reversed() {
            // What is in a folder comes right after it.
            let hasContents = kept.last?.path.hasPrefix(change.path + "/") ?? false
            if isSolid || hasContents { kept.append(change) }
        }
        return kept.reversed()
    }
}

extension FileStatus {
    /// Whether nobody has changed what a folder is like, times aside: those change with what is in it.
    fileprivate func isLike(_ other: FileStatus) -> Bool {
        kind == other.kind && mode == other.mode && uid == other.uid && gid == other.gid
    }
}

/// The empty files and folders that a start makes where its own mounts need a place, and the marks by which programs know
/// that they are in a container.
enum MountStub {
    /// The deepest first.
    static let targets = [
        "etc/mtab", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc", "dev", "proc", "sys", "sbin/docker-init",
        ".dockerenv",
    ]

    /// Those that are in a container's own layer and not in its image, with a leading slash.
    static func paths(in upper: OpenFolder, missingIn image: OpenFolder) throws -> [String] {
        try targets.filter { target in
            let path = Array(target.utf8)
            guard let status = try upper.status(inRoot: path, followsLast: false) else { return false }
            guard try image.status(inRoot: path, followsLast: false) == nil else { return false }
            switch status.kind {
            case .regular: return status.size == 0
            case .symbolicLink: return target == "etc/mtab"
            case .folder: return try upper.folder(inRoot: path).entries().allSatisfy { isStub("\(target)/\($0)") }
            default: return false
            }
        }.map { "/\($0)" }
    }

    private static func isStub(_ target: String) -> Bool { targets.contains(target) }
}
