import Glibc
public import SystemPackage

extension WholeFile {
    /// Replaces the file by what a body gives piece by piece: it has what it had until all of the new is there.
    ///
    /// The new file has the owner and the permissions of the old one. What is no plain file, such as a pipe, a device or
    /// a link like `/dev/stdout`, is written to where it stands.
    public static func replace(
        _ path: FilePath,
        with body: (@escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let old = try FileStatus.of(path)
        guard old?.kind ?? .regular == .regular else { return try pour(into: path, of: path, body) }
        let draft = FilePath("\(path.string).\(getpid())-\(pthread_self()).draft")
        do {
            try pour(into: draft, of: path, body)
            if let old { try FileOwner.set(uid: old.uid, gid: old.gid, mode: old.mode, of: draft) }
            try NameLink.rename(draft, to: path)
        } catch {
            unlink(draft.string)
            throw error
        }
    }

    private static func pour(
        into place: FilePath,
        of path: FilePath,
        _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let number = try SystemError.attempt("open", on: path.string) { Glibc.open(place.string, flags, 0o644) }
        let file = FileDescriptor(rawValue: number)
        try file.closeAfter { try body { _ = try file.writeAll($0) } }
    }
}
