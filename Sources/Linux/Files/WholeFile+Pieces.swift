import Glibc
public import SystemPackage

extension WholeFile {
    /// Replaces the file by what a body gives piece by piece: it has what it had until all of the new is there.
    ///
    /// The new file has the owner and the permissions of the old one. What is no plain file, such as a pipe, a device or
    /// a link like `/dev/stdout`, is written to where it stands; so is a file that nothing can take the place of, because
    /// it is mounted there or its folder takes no new names.
    public static func replace(
        _ path: FilePath,
        with body: (@escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let old = try FileStatus.of(path)
        guard old?.kind ?? .regular == .regular else { return try pour(into: path, body) }
        let draft = FilePath("\(path.string).\(getpid())-\(pthread_self()).draft")
        let file: FileDescriptor
        do throws(SystemError) {
            file = try open(draft, for: path)
        } catch {
            guard old != nil, [.permissionDenied, .notPermitted, .readOnlyFileSystem].contains(error.errno) else {
                throw error
            }
            return try pour(into: path, body)
        }
        do {
            try file.closeAfter { try body { _ = try file.writeAll($0) } }
            if let old { try FileOwner.set(uid: old.uid, gid: old.gid, mode: old.mode, of: draft) }
            try move(draft, over: path)
        } catch {
            unlink(draft.string)
            throw error
        }
    }

    /// Renames, or copies where something is mounted.
    private static func move(_ draft: FilePath, over path: FilePath) throws {
        do throws(SystemError) {
            try NameLink.rename(draft, to: path)
        } catch {
            guard error.errno == .resourceBusy else { throw error }
            let source = try FileDescriptor.open(draft, .readOnly)
            try source.closeAfter {
                try pour(into: path) { write in
                    var buffer = [UInt8](repeating: 0, count: 1 << 17)
                    while let count = try source.readAvailable(into: &buffer), count > 0 {
                        try write(Array(buffer[..<count]))
                    }
                }
            }
            unlink(draft.string)
        }
    }

    private static func pour(
        into path: FilePath,
        _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let file = try open(path, for: path)
        try file.closeAfter { try body { _ = try file.writeAll($0) } }
    }

    private static func open(_ place: FilePath, for path: FilePath) throws(SystemError) -> FileDescriptor {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let number = try SystemError.attempt("open", on: path.string) { Glibc.open(place.string, flags, 0o644) }
        return FileDescriptor(rawValue: number)
    }
}
