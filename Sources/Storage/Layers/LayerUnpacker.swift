import Linux

/// Unpacks a layer's tar into a folder that an overlay can use as it is.
///
/// The tar may be hostile: paths are split into names that lead nowhere, folders are opened one by one below the layer's
/// root, links are made and never followed out of it, whiteouts become what the kernel takes for whiteouts and nothing
/// else can pretend to be one.
struct LayerUnpacker {
    /// What becomes of members.
    struct Rules {
        /// Whether names that start with `.wh.` hide what is below.
        var isLayer = true
        /// The folder below the root that members go to, made already.
        var base: [FileName] = []
        /// Whom all members belong to; to whom the archive says if nil.
        var owner: (uid: UInt32, gid: UInt32)?
        /// Whether what is there makes room for something of another kind, although this is no layer.
        var replaces = false
    }

    private let rules: Rules
    private let root: OpenFolder
    private var places: LayerPlaces
    /// The same for what hard links name, which is elsewhere than the links.
    private var linkPlaces: LayerPlaces
    /// Folders whose times are set at the end, when nothing is put into them any more.
    private var folderTimes: [(path: [UInt8], modifiedAt: Int64)] = []
    /// What the files have, in bytes.
    private(set) var size: Int64 = 0

    init(_ root: OpenFolder, rules: Rules = Rules()) {
        self.root = root
        self.rules = rules
        places = LayerPlaces(root)
        linkPlaces = LayerPlaces(root)
    }

    /// Unpacks all members.
    mutating func unpack(_ tar: TarReader) throws {
        while let entry = try tar.next() {
            do {
                try unpack(entry, from: tar)
            } catch let error as SystemError {
                throw entry.refused("\(error.errno) (\(error.call))")
            }
        }
        while let (path, time) = folderTimes.popLast() {
            guard let names = names(path) else { continue }
            try? places.folder(names, makesMissing: false).setTimes(time)
        }
    }

    /// The names of a path; nil if it would lead upwards. A leading slash means the layer's root.
    private func names(_ path: [UInt8]) -> [FileName]? {
        var names = rules.base
        for part in path.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            guard let name = FileName(part) else { return nil }
            names.append(name)
        }
        return names
    }

    private mutating func unpack(_ entry: TarEntry, from tar: TarReader) throws {
        var entry = entry
        if let owner = rules.owner { (entry.uid, entry.gid) = owner }
        guard var names = names(entry.path) else { throw entry.refused("its path leads out or is too long") }
        guard names.count > rules.base.count, let name = names.popLast() else {
            guard entry.kind == .folder else { throw entry.refused("only a folder can be the root") }
            // A folder that others have made keeps its attributes.
            return rules.isLayer ? try setAttributes(of: root, entry) : ()
        }
        guard rules.isLayer else { return try make(name, in: places.folder(names, makesMissing: true), entry, tar) }
        guard !isAUFS(names + [name]) else { return }
        guard !names.contains(where: { $0.bytes.starts(with: Self.whiteout) }) else {
            throw entry.refused("below a whiteout")
        }
        let parent = try places.folder(names, makesMissing: true)
        guard !name.bytes.starts(with: Self.whiteout) else { return try hide(name, in: parent, entry) }
        try make(name, in: parent, entry, tar)
    }

    // MARK: Whiteouts

    private static let whiteout = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)

    /// What AUFS keeps for itself in a layer, and others pass over.
    private func isAUFS(_ names: [FileName]) -> Bool {
        names.contains { $0.bytes.starts(with: ".wh..wh.".utf8) && $0.bytes != Self.opaque }
    }

    private mutating func hide(_ name: FileName, in parent: OpenFolder, _ entry: TarEntry) throws {
        guard name.bytes != Self.opaque else {
            return try parent.setExtendedAttribute(LayerAttribute.opaque, LayerAttribute.yes)
        }
        guard let hidden = FileName(name.bytes.dropFirst(Self.whiteout.count)) else {
            throw entry.refused("not the name of a whiteout")
        }
        // Only what lies below is hidden: a member of the same layer stays, a folder as an opaque one.
        guard let status = try parent.status(hidden) else { return try parent.makeWhiteout(hidden) }
        guard status.kind == .folder else { return }
        try parent.folder(hidden).setExtendedAttribute(LayerAttribute.opaque, LayerAttribute.yes)
    }

    // MARK: Members

    private mutating func make(_ name: FileName, in parent: OpenFolder, _ entry: TarEntry, _ tar: TarReader) throws {
        let existing = try parent.status(name)
        if existing?.kind == .folder, entry.kind == .folder {
            return try setAttributes(of: parent.folder(name), entry)
        }
        let target = entry.kind == .hardLink ? try linked(entry) : nil
        if let existing {
            guard rules.isLayer || rules.replaces || (existing.kind == .folder) == (entry.kind == .folder) else {
                let what = existing.kind == .folder ? "directory with non-directory" : "non-directory with directory"
                throw entry.refused("cannot overwrite \(what)")
            }
            // A hard link to itself is there already.
            if let target, try target.folder.status(target.name)?.isSameFile(as: existing) == true { return }
            places.forget()
            linkPlaces.forget()
            try Removal.tree(name, in: parent)
        }
        switch entry.kind {
        case .folder:
            let folder = try parent.makeFolder(name)
            if existing?.isWhiteout == true {
                try folder.setExtendedAttribute(LayerAttribute.opaque, LayerAttribute.yes)
            }
            return try setAttributes(of: folder, entry)
        case .file: return try makeFile(name, in: parent, entry, tar)
        case .hardLink:
            guard let target else { return }
            return try parent.makeLink(name, to: target.name, in: target.folder)
        case .symbolicLink: try parent.makeSymbolicLink(name, to: entry.linkTarget)
        case .pipe: try parent.makeNode(name, kind: .pipe)
        case .characterDevice:
            guard entry.device.rawValue != 0 else { throw entry.refused("a device that would pass for a whiteout") }
            try parent.makeNode(name, kind: .characterDevice, device: entry.device)
        case .blockDevice: try parent.makeNode(name, kind: .blockDevice, device: entry.device)
        }
        try setAttributes(of: name, in: parent, entry)
    }

    private mutating func makeFile(
        _ name: FileName,
        in parent: OpenFolder,
        _ entry: TarEntry,
        _ tar: TarReader
    ) throws {
        let file = try parent.makeFile(name, mode: 0o600)
        try tar.readContents { piece, range in try file.write(piece, range) }
        size += entry.size
        try file.setOwner(uid: entry.uid, gid: entry.gid)
        try setExtendedAttributes(entry) { key, value throws(SystemError) in
            try parent.setExtendedAttribute(key, value, of: name)
        }
        try file.setMode(entry.mode)
        try parent.setTimes(name, entry.modifiedAt)
    }

    /// The member that a hard link names. Links on the way are followed inside the layer only, and the member itself is
    /// linked even if it is a link.
    private mutating func linked(_ entry: TarEntry) throws -> (folder: OpenFolder, name: FileName) {
        guard var names = names(entry.linkTarget), let name = names.popLast() else {
            throw entry.refused("a hard link that leads out")
        }
        let other = String(decoding: entry.linkTarget, as: UTF8.self)
        do {
            let folder = try linkPlaces.folder(names, makesMissing: false)
            guard let status = try folder.status(name), status.kind != .folder, !status.isWhiteout else {
                throw entry.refused("a hard link to \(other), which is no file of the layer")
            }
            return (folder, name)
        } catch let error as SystemError {
            throw entry.refused("a hard link to \(other): \(error.errno)")
        }
    }

    // MARK: Attributes

    private mutating func setAttributes(of folder: OpenFolder, _ entry: TarEntry) throws {
        try folder.setOwner(uid: entry.uid, gid: entry.gid)
        try setExtendedAttributes(entry) { key, value throws(SystemError) in
            try folder.setExtendedAttribute(key, value)
        }
        try folder.setMode(entry.mode)
        folderTimes.append((entry.path, entry.modifiedAt))
    }

    private func setAttributes(of name: FileName, in parent: OpenFolder, _ entry: TarEntry) throws {
        try parent.setOwner(name, uid: entry.uid, gid: entry.gid)
        try setExtendedAttributes(entry) { key, value throws(SystemError) in
            try parent.setExtendedAttribute(key, value, of: name)
        }
        if entry.kind != .symbolicLink { try parent.setMode(name, entry.mode) }
        try parent.setTimes(name, entry.modifiedAt)
    }

    /// Sets what the archive says, the overlay's own left out: with those a layer could redirect folders.
    private func setExtendedAttributes(
        _ entry: TarEntry,
        _ set: (String, [UInt8]) throws(SystemError) -> Void
    ) throws {
        for (key, value) in entry.attributes.sorted(by: { $0.key < $1.key }) where !LayerAttribute.isOverlay(key) {
            do throws(SystemError) {
                try set(key, value)
            } catch {
                // Where the file system has none, or we may not set them, the files are still good.
                guard [.notSupported, .notPermitted].contains(error.errno) else { throw error }
            }
        }
    }
}

extension FileStatus {
    fileprivate func isSameFile(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }
}
