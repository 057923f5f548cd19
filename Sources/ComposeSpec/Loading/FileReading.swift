import Linux
import SystemPackage

/// Reads the files of a project.
struct FileReading {
    /// More than any Compose file or file of variables has.
    private static let lengthLimit = 16 << 20

    /// The bytes of a file; `-` is standard input.
    func contents(of path: String) throws(LoadError) -> [UInt8] {
        do {
            guard path != "-" else { return try Self.readAll(.standardInput) }
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try Self.readAll(file) }
        } catch {
            let errno = (error as? SystemError)?.errno ?? error as? Errno ?? .ioError
            throw LoadError(.unreadable(path, errno))
        }
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

    /// `O_PATH | O_CLOEXEC` (open(2)): looks without needing permission to read.
    private static let pathOnly = FileDescriptor.OpenOptions(rawValue: 0o12000000)

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
