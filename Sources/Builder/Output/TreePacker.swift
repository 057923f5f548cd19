import Linux
import Storage

/// Packs what a tree shows as an archive, names in the order of their bytes.
struct TreePacker {
    /// What becomes of what a folder of the user's is better without.
    enum Custody {
        /// Everything goes as it is.
        case kept
        /// Files come to belong to this user and group. Devices are left out, and rights that a file gives to whoever
        /// runs it stay only where they were that user's or group's before: the kernel takes them away too when an owner
        /// changes.
        case taken(by: UInt32, group: UInt32)
    }

    private let tree: any SourceTree
    private let writer: TarWriter
    private let newest: Int64?
    private let custody: Custody
    private var packed: [TreeEntry.Identity: [UInt8]] = [:]
    /// The devices that were left out.
    private(set) var omitted: [String] = []

    /// - Parameter newest: no file is shown as modified later, in nanoseconds since 1970.
    init(_ tree: any SourceTree, to writer: TarWriter, newest: Int64? = nil, custody: Custody = .kept) {
        self.tree = tree
        self.writer = writer
        self.newest = newest
        self.custody = custody
    }

    /// Packs all that is in the tree, below a folder of the archive.
    mutating func pack(below prefix: String = "") throws {
        var waiting = try children(of: .root)
        while let path = waiting.popLast() {
            guard let entry = try tree.entry(at: path) else { continue }
            try pack(entry, at: path, below: prefix)
            if entry.kind == .folder { waiting += try children(of: path) }
        }
    }

    /// The last one first.
    private func children(of folder: TreePath) throws -> [TreePath] {
        try tree.names(in: folder).reversed().map(folder.appending)
    }

    private mutating func pack(_ entry: TreeEntry, at path: TreePath, below prefix: String) throws {
        guard let kind = kind(of: entry) else {
            if entry.kind != .socket { omitted.append("/\(path)") }
            return
        }
        let slash = [UInt8(ascii: "/")]
        let name =
            Array(prefix.utf8) + path.names.map(\.bytes).joined(separator: slash) + (kind == .folder ? slash : [])
        var member = TarEntry(kind, path: name, mode: entry.mode)
        member.uid = entry.uid
        member.gid = entry.gid
        member.modifiedAt = newest.map { min($0, entry.modified) } ?? entry.modified
        member.linkTarget = entry.target ?? []
        member.attributes = try tree.attributes(at: path)
        if case .device(_, let number) = entry.kind { member.device = DeviceNumber(rawValue: number) }
        if case .taken(let user, let group) = custody { member.loseRights(unlessOf: user, group) }
        if let identity = entry.identity, let first = packed.updateValue(packed[identity] ?? name, forKey: identity) {
            member.kind = .hardLink
            member.linkTarget = first
            member.attributes = [:]
        }
        guard member.kind == .file else { return try writer.begin(member) }
        try packFile(&member, path)
    }

    private func kind(of entry: TreeEntry) -> TarEntry.Kind? {
        switch entry.kind {
        case .file: return .file
        case .folder: return .folder
        case .link: return .symbolicLink
        case .pipe: return .pipe
        // A socket belongs to a process that is gone.
        case .socket: return nil
        case .device(let isCharacter, _):
            guard case .kept = custody else { return nil }
            return isCharacter ? .characterDevice : .blockDevice
        }
    }

    private func packFile(_ member: inout TarEntry, _ path: TreePath) throws {
        let file = try tree.open(path)
        member.size = try FileStatus.of(file.descriptor).size
        try writer.begin(member)
        try writer.write(contentsOf: file, size: member.size)
    }
}

extension TarEntry {
    /// Gives up the rights that it would give in the name of another user or group.
    fileprivate mutating func loseRights(unlessOf user: UInt32, _ group: UInt32) {
        if gid != group { mode &= ~0o2000 }
        guard uid != user else { return }
        mode &= 0o1777
        attributes["security.capability"] = nil
    }
}
