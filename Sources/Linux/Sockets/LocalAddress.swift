import Glibc
import SystemPackage

/// Addresses of sockets that are files. unix(7)
enum LocalAddress {
    /// Makes a socket of that name below a folder that only its owner can connect to, and listens.
    ///
    /// The file gets the mode that the socket has when it is bound, so that nobody's mask has to change for it.
    static func listen(_ type: Int32, _ name: String, in folder: FilePath) throws(SystemError) -> FileDescriptor {
        try withSocket(type, name, in: folder) { (number, address, length) in
            guard fchmod(number, 0o600) == 0 else { return "fchmod" }
            guard bind(number, address, length) == 0 else { return "bind" }
            return Glibc.listen(number, 64) == 0 ? nil : "listen"
        }
    }

    /// Makes a socket and does something with it and the address of `name` below `folder`; the body gives the name of the
    /// call that did not succeed. The address goes by way of the folder's descriptor, for it has room for 107 bytes only.
    static func withSocket(
        _ type: Int32,
        _ name: String,
        in folder: FilePath,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> String?
    ) throws(SystemError) -> FileDescriptor {
        let subject = folder.appending(name).string
        let opened = Glibc.open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SystemError("open", on: folder.string, errno: Errno(rawValue: errno)) }
        defer { Glibc.close(opened) }
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw SystemError("socket", errno: Errno(rawValue: errno)) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = "/proc/self/fd/\(opened)/\(name)".utf8
        guard text.count < MemoryLayout.size(ofValue: address.sun_path) else {
            Glibc.close(number)
            throw SystemError("bind or connect", on: subject, errno: .fileNameTooLong)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard let failed else { return FileDescriptor(rawValue: number) }
        let error = Errno(rawValue: Glibc.errno)
        Glibc.close(number)
        throw SystemError(failed, on: subject, errno: error)
    }
}
