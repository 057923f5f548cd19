import Glibc
import SystemPackage

/// Goes through everything below a folder, links unfollowed, names in the order of their bytes.
///
/// One folder is open at a time and nothing recurses, so neither the number of descriptors nor the stack nor the length
/// of a path bounds the depth. On the way up it makes sure that it comes back to the folder it came from; when somebody
/// moves folders about meanwhile, it stops (`ESTALE`) and never acts elsewhere.
public struct TreeWalk {
    /// What comes next.
    public enum Visit: Sendable {
        /// An entry of `folder` that is no folder.
        case entry(FileName, FileStatus)
        /// A folder; from now on it is `folder`.
        case entered(FileName, FileStatus)
        /// All in the folder of that name was visited; `folder` is again the one that holds it.
        case left(FileName)
    }

    private struct Level {
        let name: FileName?
        let device: UInt64
        let inode: UInt64
        /// What is still to come, the next one last.
        var names: [FileName]
    }

    /// Where the walk is.
    public private(set) var folder: OpenFolder
    private var levels: [Level]

    /// Starts above all that is in the folder.
    public init(_ root: OpenFolder) throws(SystemError) {
        folder = root
        levels = [try Self.level(root, name: nil)]
    }

    /// The names that lead from the root to `folder`.
    public var path: [FileName] { levels.compactMap(\.name) }

    /// The next visit; nil when all is done.
    public mutating func next() throws(SystemError) -> Visit? {
        while let name = levels[levels.count - 1].names.popLast() {
            guard let status = try folder.status(name) else { continue }
            guard status.kind == .folder else { return .entry(name, status) }
            let child = try open(name)
            levels.append(try Self.level(child, name: name))
            folder = child
            return .entered(name, status)
        }
        guard levels.count > 1, let done = levels.removeLast().name else { return nil }
        let parent = try folder.parent()
        let status = try parent.status()
        let expected = levels[levels.count - 1]
        guard status.inode == expected.inode, status.device == expected.device else {
            throw SystemError("openat", on: "..", errno: Errno(rawValue: ESTALE))
        }
        folder = parent
        return .left(done)
    }

    /// Leaves out what is left in the folder that was entered last.
    public mutating func skipRest() {
        levels[levels.count - 1].names = []
    }

    /// Opens a child. Without privileges a folder that its owner locked is unlocked first.
    private func open(_ name: FileName) throws(SystemError) -> OpenFolder {
        do throws(SystemError) {
            return try folder.folder(name)
        } catch {
            guard error.errno == .permissionDenied, (try? folder.setMode(name, 0o700)) != nil else { throw error }
            return try folder.folder(name)
        }
    }

    private static func level(_ folder: OpenFolder, name: FileName?) throws(SystemError) -> Level {
        let status = try folder.status()
        let names = try folder.entries().sorted(by: >)
        return Level(name: name, device: status.device, inode: status.inode, names: names)
    }
}
