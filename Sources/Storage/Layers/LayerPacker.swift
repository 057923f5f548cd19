import Linux

/// Packs the upper folder of an overlay as a layer's tar: what the folder holds is the difference.
///
/// The same files give the same bytes: members go by the bytes of their names, times by seconds, owners by number.
struct LayerPacker {
    private struct File: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private let writer: TarWriter
    /// Files with several names, by the path they were packed under first.
    private var packed: [File: [UInt8]] = [:]
    /// What the files have, in bytes.
    private(set) var size: Int64 = 0
    /// The paths of entries that are left out.
    private let omitted: Set<[UInt8]>
    /// No file is shown as modified later, in nanoseconds since 1970.
    private let newest: Int64

    init(_ sink: @escaping ByteSink, without omitted: Set<[UInt8]> = [], newest: Int64 = .max) {
        writer = TarWriter(sink)
        self.omitted = omitted
        self.newest = newest
    }

    mutating func pack(_ root: OpenFolder) throws {
        if try isOpaque(root) { try writer.add(opaqueMark(in: [])) }
        try pack(contentsOf: root, below: [])
        try writer.finish()
    }

    /// Packs one entry of a folder, with all that is below it, under a path of its own.
    mutating func pack(_ name: FileName, of folder: OpenFolder, as path: [UInt8]) throws {
        guard let status = try folder.status(name) else {
            throw SystemError("fstatat", on: name.description, errno: .noSuchFileOrDirectory)
        }
        if status.kind == .folder {
            try pack(folder.folder(name), as: path)
        } else {
            try pack(name, status, in: folder, path)
            try writer.finish()
        }
    }

    /// Packs a folder with all that is in it, under a path of its own.
    mutating func pack(_ folder: OpenFolder, as path: [UInt8]) throws {
        var entry = try entry(.folder, path + [UInt8(ascii: "/")], folder.status())
        entry.attributes = try attributes(of: nil, in: folder)
        try writer.begin(entry)
        try pack(contentsOf: folder, below: path)
        try writer.finish()
    }

    private mutating func pack(contentsOf root: OpenFolder, below prefix: [UInt8]) throws {
        var walk = try TreeWalk(root)
        let start = prefix.isEmpty ? [] : prefix + [UInt8(ascii: "/")]
        while let visit = try walk.next() {
            switch visit {
            case .left: break
            case .entered(_, let status):
                let path = start + Self.path(walk.path)
                guard !omitted.contains(path) else {
                    walk.skipRest()
                    continue
                }
                var entry = entry(.folder, path + [UInt8(ascii: "/")], status)
                entry.attributes = try attributes(of: nil, in: walk.folder)
                try writer.begin(entry)
                if try isOpaque(walk.folder) { try writer.add(opaqueMark(in: path)) }
            case .entry(let name, let status):
                let path = start + Self.path(walk.path + [name])
                if !omitted.contains(path) { try pack(name, status, in: walk.folder, path) }
            }
        }
    }

    private static func path(_ names: [FileName]) -> [UInt8] {
        Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")]))
    }

    private func entry(_ kind: TarEntry.Kind, _ path: [UInt8], _ status: FileStatus) -> TarEntry {
        var entry = TarEntry(kind, path: path, mode: status.mode)
        entry.uid = status.uid
        entry.gid = status.gid
        entry.modifiedAt = min(status.modifiedAt, newest)
        return entry
    }

    private mutating func pack(
        _ name: FileName,
        _ status: FileStatus,
        in folder: OpenFolder,
        _ path: [UInt8]
    ) throws {
        guard !status.isWhiteout else {
            let mark = Self.path(in: path, last: Array(".wh.".utf8) + name.bytes)
            return try writer.add(TarEntry(.file, path: mark, mode: 0))
        }
        if status.linkCount > 1, try packLink(status, path) { return }
        var entry = entry(Self.kinds[status.kind] ?? .file, path, status)
        entry.attributes = try attributes(of: name, in: folder)
        switch status.kind {
        // A socket belongs to a process that is gone.
        case .socket, .folder: return
        case .regular: return try packFile(name, entry, in: folder)
        case .symbolicLink: entry.linkTarget = try folder.linkTarget(name)
        case .characterDevice, .blockDevice: entry.device = status.deviceNumber
        case .pipe: break
        }
        try writer.begin(entry)
    }

    private static let kinds: [FileStatus.Kind: TarEntry.Kind] = [
        .regular: .file, .symbolicLink: .symbolicLink, .characterDevice: .characterDevice, .blockDevice: .blockDevice,
        .pipe: .pipe,
    ]

    /// Packs a further name of a file; false if this is its first.
    private mutating func packLink(_ status: FileStatus, _ path: [UInt8]) throws -> Bool {
        let file = File(device: status.device, inode: status.inode)
        guard let first = packed[file] else {
            packed[file] = path
            return false
        }
        var entry = entry(.hardLink, path, status)
        entry.linkTarget = first
        try writer.begin(entry)
        return true
    }

    private mutating func packFile(_ name: FileName, _ entry: TarEntry, in folder: OpenFolder) throws {
        let file = try folder.file(name)
        var entry = entry
        entry.size = try FileStatus.of(file.descriptor).size
        try writer.begin(entry)
        try writer.write(contentsOf: file, size: entry.size)
        size += entry.size
    }

    // MARK: The overlay's marks

    private func isOpaque(_ folder: OpenFolder) throws -> Bool {
        try ["trusted.overlay.opaque", "user.overlay.opaque"].contains { key in
            try folder.extendedAttribute(key) == LayerAttribute.yes
        }
    }

    private func opaqueMark(in path: [UInt8]) -> TarEntry {
        let mark = Array(".wh..wh..opq".utf8)
        return TarEntry(.file, path: path.isEmpty ? mark : path + [UInt8(ascii: "/")] + mark, mode: 0)
    }

    private static func path(in path: [UInt8], last: [UInt8]) -> [UInt8] {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return last }
        return path[...slash] + last
    }

    /// What belongs to the file and not to this machine.
    private func attributes(of name: FileName?, in folder: OpenFolder) throws -> [String: [UInt8]] {
        let all = try folder.extendedAttributes(name)
        guard !all.isEmpty else { return all }
        guard all.keys.allSatisfy({ !$0.hasSuffix("overlay.redirect") && !$0.hasSuffix("overlay.metacopy") }) else {
            let reason = "the overlay keeps its contents elsewhere (redirect_dir or metacopy is on)"
            throw StorageError.badArchive(entry: name?.description, reason: reason)
        }
        return all.filter { key, _ in
            key == "security.capability" || key.hasPrefix("user.") && !LayerAttribute.isOverlay(key)
        }
    }
}
