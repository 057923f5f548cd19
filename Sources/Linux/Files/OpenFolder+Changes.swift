import Glibc
import SystemPackage

extension OpenFolder {
    /// Makes a folder and opens it.
    public func makeFolder(_ name: FileName, mode: UInt32 = 0o755) throws(SystemError) -> OpenFolder {
        _ = try attempt("mkdirat", name) { mkdirat(descriptor, name.cString, mode) }
        return try folder(name)
    }

    /// Makes a file that does not exist yet, open for writing.
    public func makeFile(_ name: FileName, mode: UInt32 = 0o644) throws(SystemError) -> OwnedDescriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try attempt("openat", name) { openat(descriptor, name.cString, flags, mode) }
        return OwnedDescriptor(FileDescriptor(rawValue: file))
    }

    /// Makes a symbolic link that says `target`.
    public func makeSymbolicLink(_ name: FileName, to target: [UInt8]) throws(SystemError) {
        let target = target.map { CChar(bitPattern: $0) } + [0]
        _ = try attempt("symlinkat", name) { symlinkat(target, descriptor, name.cString) }
    }

    /// Gives an entry of another folder a second name here. A symbolic link is linked itself.
    public func makeLink(_ name: FileName, to other: FileName, in folder: OpenFolder) throws(SystemError) {
        _ = try attempt("linkat", name) { linkat(folder.descriptor, other.cString, descriptor, name.cString, 0) }
    }

    /// Makes a device file, a pipe or a socket.
    public func makeNode(
        _ name: FileName,
        kind: FileStatus.Kind,
        device: DeviceNumber = DeviceNumber(rawValue: 0),
        mode: UInt32 = 0o600
    ) throws(SystemError) {
        let type: mode_t
        switch kind {
        case .characterDevice: type = S_IFCHR
        case .blockDevice: type = S_IFBLK
        case .pipe: type = S_IFIFO
        case .socket: type = S_IFSOCK
        case .regular: type = S_IFREG
        case .folder, .symbolicLink: throw SystemError("mknodat", on: name.description, errno: .invalidArgument)
        }
        _ = try attempt("mknodat", name) {
            mknodat(descriptor, name.cString, type | mode_t(mode), dev_t(device.rawValue))
        }
    }

    /// Makes what an overlay takes for the removal of a lower entry: a character device 0:0.
    public func makeWhiteout(_ name: FileName) throws(SystemError) {
        try makeNode(name, kind: .characterDevice, mode: 0)
    }

    /// Gives an entry another name, replacing what has that name.
    public func rename(_ name: FileName, to other: FileName, in folder: OpenFolder) throws(SystemError) {
        _ = try attempt("renameat", name) {
            renameat(descriptor, name.cString, folder.descriptor, other.cString)
        }
    }

    /// Removes a file; a missing one is fine.
    public func removeFile(_ name: FileName) throws(SystemError) {
        guard unlinkat(descriptor, name.cString, 0) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure == .noSuchFileOrDirectory else {
            throw SystemError("unlinkat", on: name.description, errno: failure)
        }
    }

    /// Removes an empty folder; a missing one is fine.
    public func removeFolder(_ name: FileName) throws(SystemError) {
        guard unlinkat(descriptor, name.cString, AT_REMOVEDIR) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure == .noSuchFileOrDirectory else {
            throw SystemError("unlinkat", on: name.description, errno: failure)
        }
    }

    // MARK: Attributes

    /// Gives it another owner and group. `fchown(2)`
    public func setOwner(_ name: FileName, uid: UInt32, gid: UInt32) throws(SystemError) {
        _ = try attempt("fchownat", name) { fchownat(descriptor, name.cString, uid, gid, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the permission bits of what is no symbolic link.
    public func setMode(_ name: FileName, _ mode: UInt32) throws(SystemError) {
        _ = try attempt("fchmodat", name) { fchmodat(descriptor, name.cString, mode, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets both times of an entry, in nanoseconds since 1970.
    public func setTimes(_ name: FileName, _ nanoseconds: Int64) throws(SystemError) {
        let times = Self.times(nanoseconds)
        _ = try attempt("utimensat", name) { utimensat(descriptor, name.cString, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the folder's own owner.
    public func setOwner(uid: UInt32, gid: UInt32) throws(SystemError) {
        _ = try SystemError.attempt("fchown") { fchown(descriptor, uid, gid) }
    }

    /// Sets the folder's own permission bits.
    public func setMode(_ mode: UInt32) throws(SystemError) {
        _ = try SystemError.attempt("fchmod") { fchmod(descriptor, mode) }
    }

    /// Sets the folder's own times, in nanoseconds since 1970.
    public func setTimes(_ nanoseconds: Int64) throws(SystemError) {
        let times = Self.times(nanoseconds)
        _ = try SystemError.attempt("futimens") { futimens(descriptor, times) }
    }

    private static func times(_ nanoseconds: Int64) -> [timespec] {
        var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000_000
        }
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
        return [time, time]
    }
}
