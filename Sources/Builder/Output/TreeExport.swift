import Linux
import OCI
import Storage
import Synchronization
import SystemPackage

/// Gives out the files of a result: as a folder, or as an archive.
struct TreeExport {
    let results: [PlatformResult]
    /// Whether each platform has a folder of its own.
    let isSplit: Bool
    /// What is said about the files, by platform.
    var statements: [Platform: [UInt8]] = [:]

    init(_ results: [PlatformResult], isSplit: Bool) {
        self.results = results
        self.isSplit = isSplit
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
        var omitted: [String] = []
        for result in results {
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
            omitted += packer.omitted
            guard let statement = statements[result.platform] else { continue }
            let suffix = results.count > 1 && !isSplit ? ".\(result.folderName)" : ""
            var file = TarEntry(.file, path: Array("\(prefix)provenance\(suffix).json".utf8), mode: 0o644)
            file.modifiedAt = epoch ?? result.session.now
            try writer.add(file, contents: statement)
        }
        try writer.finish()
        return omitted
    }
}

extension PlatformResult {
    /// The files of the result, and what they hash to.
    func files() throws -> [(name: String, digest: Digest)] {
        let tree = try session.tree(of: state.layers)
        var files: [(name: String, digest: Digest)] = []
        var waiting = [TreePath.root]
        while let folder = waiting.popLast() {
            for path in try tree.names(in: folder).map(folder.appending) {
                guard let entry = try tree.entry(at: path) else { continue }
                if entry.kind == .folder { waiting.append(path) }
                guard entry.kind == .file else { continue }
                files.append(("\(path)", Digest(sha256: try tree.digest(of: path, entry))))
            }
        }
        return files.sorted { $0.name < $1.name }
    }
}

/// What one thread leaves out and another tells.
private final class Omissions: Sendable {
    private let state = Mutex<[String]>([])

    var names: [String] { state.withLock { $0 } }

    func note(_ names: [String]) { state.withLock { $0 += names } }
}
