import Linux

/// Something in a tree, as its inode describes it.
struct TreeEntry: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case file, folder, link, pipe, socket
        /// A device node: whether it is a character device, and its number.
        case device(isCharacter: Bool, number: UInt64)

        /// The word that keys have for it.
        var word: String {
            switch self {
            case .file: "file"
            case .folder: "folder"
            case .link: "link"
            case .pipe: "pipe"
            case .socket: "socket"
            case .device(let isCharacter, let number): "device(isCharacter: \(isCharacter), number: \(number))"
            }
        }
    }

    var kind: Kind
    /// The permissions, of 12 bits.
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
    /// Bytes of a file.
    var size: Int64 = 0
    /// Nanoseconds since 1970.
    var modified: Int64 = 0
    /// Where a link points.
    var target: [UInt8]?
    /// What it shares with its other names; nil if this is the only one.
    var identity: Identity?

    /// What its contents are known by, where they are remembered.
    var content: ContentMemory.Identity?

    /// What the names of one file have in common.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }
}

/// Something that has entries at paths.
protocol EntryLookup {
    /// What stands at a path; nil when nothing does, or something above is no folder. No link is followed.
    func entry(at path: TreePath) throws -> TreeEntry?
}

/// A tree that files are copied from: the build context, or what a stage or an image holds.
///
/// No link is followed, neither in the middle of a path nor at its end.
protocol SourceTree: EntryLookup, Sendable {
    /// The names in a folder, sorted.
    func names(in folder: TreePath) throws -> [FileName]
    /// A file, open for reading.
    func open(_ path: TreePath) throws -> OwnedDescriptor
    /// The extended attributes that a copy keeps.
    func attributes(at path: TreePath) throws -> [String: [UInt8]]
    /// The same of something whose entry was looked at before.
    func attributes(at path: TreePath, of entry: TreeEntry) throws -> [String: [UInt8]]
    /// The digest of a file's contents.
    func digest(of path: TreePath, _ entry: TreeEntry) throws -> [UInt8]
    /// Where a file lies that is nobody else's, so that it can be linked instead of copied; nil for others.
    func ownPlace(of path: TreePath) throws -> (folder: OpenFolder, name: FileName)?
}

extension SourceTree {
    func attributes(at path: TreePath, of entry: TreeEntry) throws -> [String: [UInt8]] { try attributes(at: path) }
    func ownPlace(of path: TreePath) throws -> (folder: OpenFolder, name: FileName)? { nil }
}

extension EntryLookup {
    /// The path with every link on the way replaced by what it points to, all within the tree.
    ///
    /// What does not exist is left as it stands, so that a file can be made there. `..` never leaves the root.
    func resolve(_ path: TreePath) throws -> TreePath {
        var resolved = TreePath.root
        var pending = path.names.reversed().map(\.bytes)
        var links = 0
        while let component = pending.popLast() {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                resolved = resolved.parent
                continue
            }
            guard let name = FileName(component) else { throw BuilderError(.badPath("\(path)")) }
            let next = resolved.appending(name)
            guard let target = try entry(at: next)?.target else {
                resolved = next
                continue
            }
            links += 1
            guard links <= 40 else { throw BuilderError(.tooManyLinks("/\(path)")) }
            let slash = UInt8(ascii: "/")
            if target.first == slash { resolved = .root }
            pending += target.split(separator: slash).reversed().map(Array.init)
        }
        return resolved
    }
}
