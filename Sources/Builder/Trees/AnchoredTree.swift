import Linux
import Synchronization
import SystemPackage

/// A folder and all below it, reached by paths none of which leads through a link.
///
/// The folder that was used last stays open: what comes next is mostly its neighbour.
final class AnchoredTree: Sendable {
    private struct Recent {
        var path: TreePath
        var folder: OpenFolder
    }

    let root: OpenFolder
    private let recent: Mutex<Recent>

    init(_ path: FilePath) throws(SystemError) {
        root = try OpenFolder(opening: path)
        recent = Mutex(Recent(path: .root, folder: root))
    }

    /// The folder at a path below the root; nil when something else or nothing stands there.
    func folder(at path: TreePath) throws(SystemError) -> OpenFolder? {
        let known = recent.withLock { $0 }
        guard known.path != path else { return known.folder }
        var folder = root
        for name in path.names {
            guard let next = try child(name, of: folder) else { return nil }
            folder = next
        }
        let found = Recent(path: path, folder: folder)
        recent.withLock { $0 = found }
        return folder
    }

    private func child(_ name: FileName, of folder: OpenFolder) throws(SystemError) -> OpenFolder? {
        do throws(SystemError) {
            return try folder.folder(name)
        } catch {
            let isAbsence = [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error.errno)
            guard isAbsence else { throw error }
            return nil
        }
    }

    /// The status of what stands at a path; nil when nothing does.
    func status(at path: TreePath) throws(SystemError) -> FileStatus? {
        guard let name = path.last else { return try root.status() }
        guard let folder = try folder(at: path.parent) else {
            return nil
        }
        return try folder.status(name)
    }

    /// The folder that holds what stands at a path, and its name there.
    func place(of path: TreePath) throws(SystemError) -> (folder: OpenFolder, name: FileName) {
        guard let name = path.last, let folder = try folder(at: path.parent)
        else { throw SystemError("openat", on: path.description, errno: .noSuchFileOrDirectory) }
        return (folder, name)
    }

    /// Forgets the open folder: it may have got another place.
    func forget() {
        recent.withLock { $0 = Recent(path: .root, folder: root) }
    }
}

extension AnchoredTree {
    func entry(at path: TreePath, _ status: FileStatus) throws(SystemError) -> TreeEntry {
        var entry = TreeEntry(status)
        if status.kind == .symbolicLink {
            let (folder, name) = try place(of: path)
            entry.target = try folder.linkTarget(name)
        }
        return entry
    }

    func names(in path: TreePath) throws(SystemError) -> [FileName] {
        guard let folder = try folder(at: path) else { return [] }
        return try folder.entries().sorted()
    }

    func open(_ path: TreePath) throws(SystemError) -> OwnedDescriptor {
        let (folder, name) = try place(of: path)
        return try folder.file(name)
    }

    /// The extended attributes that belong to the contents: users' own, and capabilities.
    func attributes(at path: TreePath) throws(SystemError) -> [String: [UInt8]] {
        let (folder, name) = try place(of: path)
        return try folder.extendedAttributes(name).filter { key, _ in
            key == "security.capability" || key.hasPrefix("user.") && !key.hasPrefix("user.overlay.")
        }
    }
}

extension TreeEntry {
    init(_ status: FileStatus) {
        switch status.kind {
        case .regular: kind = .file
        case .folder: kind = .folder
        case .symbolicLink: kind = .link
        case .pipe: kind = .pipe
        case .socket: kind = .socket
        case .characterDevice: kind = .device(isCharacter: true, number: status.deviceNumber.rawValue)
        case .blockDevice: kind = .device(isCharacter: false, number: status.deviceNumber.rawValue)
        }
        mode = status.mode
        uid = status.uid
        gid = status.gid
        size = status.kind == .regular ? status.size : 0
        modified = status.modifiedAt
        guard status.linkCount > 1, status.kind != .folder else { return }
        identity = Identity(device: status.device, inode: status.inode)
    }
}
