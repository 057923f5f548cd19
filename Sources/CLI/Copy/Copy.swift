import Compression
import Linux
import Storage
import SystemPackage

/// A copy between two trees, by the rules of `docker cp`.
struct Copy {
    var source: CopyPlace
    var destination: CopyPlace
    /// Whether a link that is the source is followed.
    var followsLink = false
    /// Whom the copies belong to; to whom the originals do if nil.
    var owner: (uid: UInt32, gid: UInt32)?

    /// Copies, and gives how many bytes of files that were.
    func run() throws -> Int64 {
        let origin = try origin()
        let target = try target(for: origin)
        return try Pipeline.connect { sink in
            try origin.pack(as: target.name, to: sink)
        } to: { bytes in
            try TreeArchive.unpack(bytes, into: destination.root, below: target.folder, owner: owner)
        }
    }

    private func origin() throws -> CopyOrigin {
        try CopyOrigin(source, followsLink: followsLink)
    }

    /// Where the copy goes: a folder that is there, and the name in it; no name where the contents of a folder go.
    private func target(for origin: CopyOrigin) throws -> (folder: [FileName], name: String?) {
        if let status = try destination.status(followsLast: true) {
            if status.kind == .folder {
                return (try destination.names(), origin.isContents ? nil : source.name)
            }
            guard !origin.isFolder else { throw Failure("cannot copy directory") }
            guard !destination.namesFolder else { throw Failure("\(destination.text): not a directory") }
            let place = try destination.resolved()
            return (try place.parent.names(), place.name)
        }
        let place = try destination.resolved()
        guard try place.parent.status(followsLast: true)?.kind == .folder else {
            throw Failure("no such directory: \(destination.text)")
        }
        guard origin.isFolder || !destination.namesFolder else {
            throw Failure("the destination directory must exist: \(destination.text)")
        }
        return (try place.parent.names(), place.name)
    }

}

/// What is copied: an entry of a folder, or a folder by itself.
struct CopyOrigin: Sendable {
    private let parent: OpenFolder
    private let name: FileName?
    /// Whether it is a folder.
    let isFolder: Bool
    /// Whether what is in the folder is meant, without the folder.
    let isContents: Bool

    init(_ source: CopyPlace, followsLink: Bool) throws {
        let follows = followsLink || source.namesFolder
        guard let status = try source.status(followsLast: follows) else {
            throw Failure("\(source.text): no such file or directory")
        }
        isFolder = status.kind == .folder
        guard isFolder || !source.namesFolder else { throw Failure("\(source.text): not a directory") }
        let place = follows ? try source.resolved() : source
        isContents = isFolder && (source.namesContents || source.name == nil)
        parent = try place.parent.folder()
        name = place.name.flatMap { FileName($0) }
    }

    /// - Parameter name: what the entry is called; nil packs what is in a folder.
    @discardableResult
    func pack(as path: String?, to sink: @escaping ByteSink) throws -> Int64 {
        guard let name else {
            guard let path else { return try TreeArchive.pack(contentsOf: parent, to: sink) }
            return try TreeArchive.pack(parent, as: Array(path.utf8), to: sink)
        }
        guard let path else { return try TreeArchive.pack(contentsOf: parent.folder(name), to: sink) }
        return try TreeArchive.pack(name, of: parent, as: Array(path.utf8), to: sink)
    }
}
