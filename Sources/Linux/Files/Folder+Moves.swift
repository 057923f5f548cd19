import CLinux
import Glibc
public import SystemPackage

extension Folder {
    /// Moves a file or folder. An empty folder at the new place is replaced.
    ///
    /// The corresponding C function is `rename`.
    ///
    /// - Returns: false if a folder with something in it bears the new name.
    public static func move(_ path: FilePath, to other: FilePath) throws(SystemError) -> Bool {
        if rename(path.string, other.string) == 0 { return true }
        let failure = Errno(rawValue: errno)
        guard failure == .fileExists || failure == .directoryNotEmpty else {
            throw SystemError("rename", on: path.string, errno: failure)
        }
        return false
    }

    /// Whether there is a folder here, links followed.
    public static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Waits until the names in the folder are on the disk.
    ///
    /// The corresponding C function is `fsync`.
    public static func synchronize(_ path: FilePath) throws(SystemError) {
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", on: path.string, errno: Errno(rawValue: errno)) }
    }

    /// Waits until all that was written to the folder's file system is on the disk.
    ///
    /// The corresponding C function is `syncfs`: one call for thousands of files.
    public static func synchronizeFileSystem(_ path: FilePath) throws(SystemError) {
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
        defer { close(descriptor) }
        _ = try SystemError.attempt("syncfs", on: path.string) { tutti_synchronize_file_system(descriptor) }
    }
}
