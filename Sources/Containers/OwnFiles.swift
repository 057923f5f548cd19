import Linux
import Supervision
import SystemPackage

/// The mounts of a container that are files made for it alone: configs and secrets.
///
/// They are kept in memory, for they may be secret, and outside of the container's layers, for those are saved and shown.
struct OwnFiles {
    let mounts: [Mount]
    /// Where they are, on a file system of their own.
    let folder: FilePath

    /// Writes the files, each with its owner and mode. Gives their paths by the place where they appear.
    func write() throws(SystemError) -> [String: String] {
        guard !isEmpty else { return [:] }
        try Folder.make(folder)
        try HostMount.mount(
            type: "tmpfs",
            device: "tmpfs",
            at: folder,
            flags: [.noSetUserID, .noDevices, .noExecute],
            options: "mode=700"
        )
        var files: [String: String] = [:]
        for mount in mounts {
            guard let file = try mount.ownFile() else { continue }
            let path = folder.appending(String(files.count))
            try WholeFile.replace(path, with: file.bytes, isDurable: false, mode: 0o600)
            try FileOwner.set(uid: file.uid, gid: file.gid, mode: file.mode, of: path)
            files[mount.target] = path.string
        }
        return files
    }

    /// What takes them away.
    var teardown: [TeardownStep] { isEmpty ? [] : [.detach(folder.string)] }

    private var isEmpty: Bool {
        !mounts.contains { mount in
            switch mount.kind {
            case .contents, .copy: true
            case .volume, .bind, .tmpfs, .image: false
            }
        }
    }
}

extension Mount {
    /// The file's contents with its owner and mode; nil for other mounts.
    fileprivate func ownFile() throws(SystemError) -> (bytes: [UInt8], uid: UInt32, gid: UInt32, mode: UInt32)? {
        switch kind {
        case .contents(let bytes, let uid, let gid, let mode): (bytes, uid, gid, mode)
        case .copy(let uid, let gid, let mode): (try WholeFile.read(FilePath(source), limit: 16 << 20), uid, gid, mode)
        case .volume, .bind, .tmpfs, .image: nil
        }
    }
}
