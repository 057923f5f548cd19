import Linux
import SystemPackage

/// Copies files into a layer of their own, over the layers that a stage has so far.
///
/// Nothing is mounted: where a destination leads is read off the stack, and only what the layer adds is written.
struct LayerWriter: EntryLookup {
    private let upper: AnchoredTree
    private let lower: MergedTree
    /// To whom new files belong; nil is whom they belong to in their tree.
    private let owner: Owner?
    private let mode: ModeChange?
    /// Folders that were prepared, by the path that was asked for.
    private var prepared: [TreePath: TreePath] = [:]
    /// Times of folders, set last: what is put into them changes them.
    private var folderTimes: [(path: TreePath, modified: Int64)] = []
    /// Where files with more than one name went, so that they have as many again.
    private var places: [TreeEntry.Identity: TreePath] = [:]
    /// Which of those files went to a path, until something else does.
    private var identities: [TreePath: TreeEntry.Identity] = [:]

    init(_ draft: FilePath, over lower: MergedTree, owner: Owner?, mode: ModeChange?) throws {
        upper = try AnchoredTree(draft)
        self.lower = lower
        self.owner = owner
        self.mode = mode
    }

    func entry(at path: TreePath) throws -> TreeEntry? {
        if !path.isRoot, let status = try upper.status(at: path) { return try upper.entry(at: path, status) }
        return try lower.entry(at: path)
    }

    /// Carries a plan out.
    mutating func copy(_ items: [CopyPlan.Item], from tree: some SourceTree) throws {
        for item in items {
            if item.entry.kind == .folder { try copyFolder(item, from: tree) } else { try copyFile(item, from: tree) }
        }
        for (path, modified) in folderTimes.reversed() {
            let (folder, name) = try upper.place(of: path)
            try folder.setTimes(name, modified)
        }
        folderTimes = []
        places = [:]
        identities = [:]
    }

    /// Writes a file that comes from no tree.
    mutating func write(_ contents: [UInt8], to target: TreePath, mode: UInt32) throws {
        let entry = TreeEntry(kind: .file, mode: mode, uid: 0, gid: 0, modified: Timestamp.now())
        let path = try place(target, isNamed: true)
        let (folder, name) = try upper.place(of: path)
        let file = try folder.makeFile(name, mode: 0o600)
        try file.write(contents)
        try describe(entry, at: path, attributes: [:])
    }

    /// Makes a folder and those above it that are missing. False when it was there already.
    mutating func makeFolder(_ target: TreePath) throws -> Bool {
        let resolved = try resolve(target)
        let isNew = try entry(at: resolved) == nil
        _ = try prepare(target)
        return isNew
    }

    // MARK: One item

    /// What was named gives what is in it alone: where it goes is a folder like any that is made on the way.
    private mutating func copyFolder(_ item: CopyPlan.Item, from tree: some SourceTree) throws {
        guard !item.isNamed else {
            _ = try prepare(item.target)
            return
        }
        let resolved = try resolve(item.target)
        guard let existing = try entry(at: resolved) else {
            let path = try placeFolder(resolved)
            try describe(item.entry, at: path, attributes: tree.attributes(at: item.source))
            folderTimes.append((path, item.entry.modified))
            prepared[item.target] = path
            return
        }
        guard existing.kind == .folder else { throw BuilderError(.notAFolder("/\(item.target)")) }
        let path = try prepare(item.target)
        guard !path.isRoot else { return }
        try describe(item.entry, at: path, attributes: tree.attributes(at: item.source))
        folderTimes.append((path, item.entry.modified))
    }

    private mutating func copyFile(_ item: CopyPlan.Item, from tree: some SourceTree) throws {
        let path = try place(item.target, isNamed: item.isNamed)
        let (folder, name) = try upper.place(of: path)
        if let own = try tree.ownPlace(of: item.source) {
            // Names of one file stay names of one file.
            try folder.makeLink(name, to: own.name, in: own.folder)
            // Read before the owner changes, which takes capabilities away.
            return try describe(item.entry, at: path, attributes: tree.attributes(at: item.source))
        }
        if let identity = item.entry.identity {
            if let first = places[identity] {
                let other = try upper.place(of: first)
                return try folder.makeLink(name, to: other.name, in: other.folder)
            }
            places[identity] = path
            identities[path] = identity
        }
        switch item.entry.kind {
        case .file:
            let source = try tree.open(item.source)
            let target = try folder.makeFile(name, mode: 0o600)
            try copyContents(of: source, to: target)
        case .link: try folder.makeSymbolicLink(name, to: item.entry.target ?? [])
        case .pipe: try folder.makeNode(name, kind: .pipe)
        case .device(let isCharacter, let number):
            let kind: FileStatus.Kind = isCharacter ? .characterDevice : .blockDevice
            try folder.makeNode(name, kind: kind, device: DeviceNumber(rawValue: number))
        case .folder, .socket: return
        }
        try describe(item.entry, at: path, attributes: tree.attributes(at: item.source))
    }

    private func copyContents(of source: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor) throws {
        while true {
            let piece = try source.read(1 << 18)
            guard !piece.isEmpty else { return }
            try target.write(piece)
        }
    }

    /// Where a file goes, with the folder above it ready and nothing of that name in the layer.
    private mutating func place(_ target: TreePath, isNamed: Bool) throws -> TreePath {
        var path = target
        if isNamed {
            path = try resolve(target)
        } else if let name = target.last {
            path = try prepare(target.parent).appending(name)
        }
        guard !path.isRoot, try entry(at: path)?.kind != .folder else { throw BuilderError(.isAFolder("/\(target)")) }
        _ = try prepare(path.parent)
        let (folder, name) = try upper.place(of: path)
        try folder.removeFile(name)
        if let identity = identities.removeValue(forKey: path) { places[identity] = nil }
        return path
    }

    private mutating func placeFolder(_ resolved: TreePath) throws -> TreePath {
        guard let name = resolved.last else { return .root }
        let path = try prepare(resolved.parent).appending(name)
        let (folder, _) = try upper.place(of: path)
        _ = try folder.makeFolder(name, mode: 0o755)
        return path
    }

    /// Owner first: a change of owner takes the set-user-ID bit away.
    private func describe(_ entry: TreeEntry, at path: TreePath, attributes: [String: [UInt8]]) throws {
        let (folder, name) = try upper.place(of: path)
        try folder.setOwner(name, uid: owner?.uid ?? entry.uid, gid: owner?.gid ?? entry.gid)
        if entry.kind != .link {
            let permissions = mode?.apply(to: entry.mode, isFolder: entry.kind == .folder) ?? entry.mode
            try folder.setMode(name, permissions)
        }
        for (key, value) in attributes { try folder.setExtendedAttribute(key, value, of: name) }
        try folder.setTimes(name, entry.modified)
    }

    // MARK: Folders above

    /// Sees to it that the layer has the folder, as the layers below describe it or, where they have none, new.
    private mutating func prepare(_ target: TreePath) throws -> TreePath {
        if let known = prepared[target] { return known }
        let resolved = try resolve(target)
        try ensure(resolved)
        prepared[target] = resolved
        return resolved
    }

    private mutating func ensure(_ path: TreePath) throws {
        guard let name = path.last else { return }
        if let status = try upper.status(at: path) {
            guard status.kind == .folder else { throw BuilderError(.notAFolder("/\(path)")) }
            return
        }
        let existing = try lower.entry(at: path)
        guard existing?.kind ?? .folder == .folder else { throw BuilderError(.notAFolder("/\(path)")) }
        try ensure(path.parent)
        let (folder, _) = try upper.place(of: path)
        _ = try folder.makeFolder(name, mode: 0o755)
        guard let existing else {
            try folder.setMode(name, 0o755)
            return try folder.setOwner(name, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0)
        }
        try folder.setOwner(name, uid: existing.uid, gid: existing.gid)
        try folder.setMode(name, existing.mode)
        for (key, value) in try lower.attributes(at: path) { try folder.setExtendedAttribute(key, value, of: name) }
        folderTimes.append((path, existing.modified))
    }
}
