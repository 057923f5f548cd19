import Glibc
import SystemPackage

/// Addresses of sockets that are files. unix(7)
enum LocalAddress {
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
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: "/proc/self/fd/\(opened)/\(name)".utf8.prefix(room.count - 1))
        }
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
