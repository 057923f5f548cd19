import Linux
import SystemPackage
import YAML

/// Reads the files of a project, and keeps their text for the messages about them.
final class FileReading {
    /// More than any Compose file or file of variables has.
    private static let lengthLimit = 16 << 20
    /// `O_PATH | O_CLOEXEC` (open(2)): looks without needing permission to read.
    private static let pathOnly = FileDescriptor.OpenOptions(rawValue: 0o12000000)

    private let workingDirectory: String
    private var texts: [String: [UInt8]] = [:]
    /// The references to files that came from elsewhere.
    private(set) var remoteFiles: [String] = []

    /// - Parameter workingDirectory: files below it are called by their path from there.
    init(workingDirectory: String) {
        self.workingDirectory = workingDirectory
    }

    /// A file as messages call it.
    func file(_ path: String) -> SourceFile {
        let prefix = workingDirectory == "/" ? "/" : workingDirectory + "/"
        let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        return SourceFile(path: path, displayName: path == "-" ? "<stdin>" : name)
    }

    /// The bytes of a file; `-` is standard input.
    ///
    /// - Parameter isNamedByUser: pipes are read too then, as a shell's `<(…)` makes them; a file that another one
    ///   names must be one.
    func contents(of file: SourceFile, isNamedByUser: Bool = false) throws(LoadError) -> [UInt8] {
        do {
            let bytes = try file.path == "-" ? Self.readAll(.standardInput) : Self.read(file.path, isNamedByUser)
            texts[file.displayName] = bytes
            return bytes
        } catch {
            if let error = error as? LoadError { throw error }
            let errno = (error as? SystemError)?.errno ?? error as? Errno ?? .ioError
            throw LoadError(.unreadable(file.path, errno))
        }
    }

    private static func read(_ path: String, _ mayBePipe: Bool) throws -> [UInt8] {
        let blocking: FileDescriptor.OpenOptions = mayBePipe ? [] : .nonBlocking
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, blocking])
        return try file.closeAfter {
            guard try mayBePipe || FileStatus.of(file).kind != .pipe else { throw LoadError(.notAFile(path)) }
            return try readAll(file)
        }
    }

    /// Remembers that a file came from elsewhere.
    func fetched(_ reference: String) {
        guard !remoteFiles.contains(reference) else { return }
        remoteFiles.append(reference)
    }

    /// Whether there is something at the path.
    func exists(_ path: String) -> Bool {
        do {
            try FileDescriptor.open(FilePath(path), .readOnly, options: Self.pathOnly).close()
            return true
        } catch {
            return false
        }
    }

    /// Whether a file is there, and no folder.
    func isFile(_ path: String) -> Bool { exists(path) && !Folder.exists(FilePath(path)) }

    /// The line at a place in a file that was read.
    func excerpt(at place: Mark?) -> Excerpt? {
        guard let place, let text = texts[place.file] else { return nil }
        return Excerpt(of: text, at: place)
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while let count = try file.readAvailable(into: &chunk), count > 0 {
            contents += chunk[..<count]
            guard contents.count <= lengthLimit else { throw Errno.fileTooLarge }
        }
        return contents
    }
}
