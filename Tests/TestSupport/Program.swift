public import Glibc
public import SystemPackage

/// Other programs, started by a test.
public enum Program {
    /// Starts a program with its output thrown away, or in a file.
    public static func spawn(_ arguments: [String], output: FilePath = "/dev/null") throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
        guard code == 0 else { throw Errno(rawValue: code) }
        return process
    }

    /// Runs a program to its end and says whether it succeeded.
    public static func succeeds(_ arguments: [String], output: FilePath = "/dev/null") throws -> Bool {
        var status: Int32 = -1
        waitpid(try spawn(arguments, output: output), &status, 0)
        return status == 0
    }
}

/// A port on loopback that nobody has at present.
public func freePort() -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            _ = bind(socket, address, length)
            _ = getsockname(socket, address, &length)
        }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
}

/// A port on loopback as a socket takes it.
public func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return address
}
