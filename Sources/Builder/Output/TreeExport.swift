import Linux
import Storage
import Synchronization
import SystemPackage

/// Gives out the files of a result: as a folder, or as an archive.
struct TreeExport {
    let result: PlatformResult
    /// Whether the platform has a folder of its own.
    let isSplit: Bool

    init(_ result: PlatformResult, isSplit: Bool?) {
        self.result = result
        self.isSplit = isSplit ?? false
    }

    /// Fills a folder, which is made if it is missing. What is in it already stays, unless something takes its place.
    ///
    /// Nothing is written through a link that is there: the folder a link leads to is not the one that was asked for.
    ///
    /// - Returns: the devices that were left out.
    func fill(_ folder: FilePath) throws -> [String] {
        try Folder.makeAll(folder, mode: 0o755)
        let root = try OpenFolder(opening: folder)
        let omitted = Omissions()
        _ = try Pipeline.connect { sink in
            omitted.note(try pack(custody: .taken(by: OwnProcess.user, group: OwnProcess.group), to: sink))
        } to: { bytes in
            try TreeArchive.unpack(
                bytes,
                into: root,
                below: [],
                owner: (uid: OwnProcess.user, gid: OwnProcess.group),
                replaces: true
            )
        }
        return omitted.names
    }

    /// Writes the archive.
    func write(to sink: @escaping ByteSink) throws {
        _ = try pack(custody: .kept, to: sink)
    }

    private func pack(custody: TreePacker.Custody, to sink: @escaping ByteSink) throws -> [String] {
        let writer = TarWriter(sink)
        let epoch = result.session.epoch
        let prefix = isSplit ? "\(result.folderName)/" : ""
        if isSplit {
            var folder = TarEntry(.folder, path: Array(prefix.utf8), mode: 0o755)
            folder.modifiedAt = epoch ?? result.session.now
            try writer.begin(folder)
        }
        let tree = try result.session.tree(of: result.state.layers)
        var packer = TreePacker(tree, to: writer, newest: epoch, custody: custody)
        try packer.pack(below: prefix)
        try writer.finish()
        return packer.omitted
    }
}

/// What one thread leaves out and another tells.
private final class Omissions: Sendable {
    private let state = Mutex<[String]>([])

    var names: [String] { state.withLock { $0 } }

    func note(_ names: [String]) { state.withLock { $0 += names } }
}
