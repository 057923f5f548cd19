import Glibc
import Testing

/// A port of loopback that nobody listens on.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
    }
    guard result == 0 else { throw StageError("no free port: \(String(cString: strerror(errno)))") }
    return Int(in_port_t(bigEndian: address.sin_port))
}

extension Stage {
    /// A server of git repositories, those of `repositories` in the stage's folder; gone with the value.
    func gitServer() throws -> (server: Child, url: String) {
        let port = try freePort()
        let server = try program(
            "/usr/lib/git-core/git-daemon",
            [
                "--verbose", "--reuseaddr", "--export-all", "--listen=127.0.0.1", "--port=\(port)",
                "--base-path=\(folder)/repositories", "\(folder)/repositories",
            ],
            [:]
        ).start()
        try #require(server.prints("Ready"), "the git server does not start: \(server.errors)")
        return (server, "git://127.0.0.1:\(port)")
    }

    /// Debian's registry with its content in the stage's folder; gone with the value.
    func registry() throws -> (server: Child, host: String) {
        let port = try freePort()
        try write(
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(folder)/registry}}
            http: {addr: "127.0.0.1:\(port)", secret: secret}

            """,
            to: "registry.yaml"
        )
        let server = try program("/usr/bin/docker-registry", ["serve", "\(folder)/registry.yaml"], [:]).start()
        try #require(server.prints("listening on"), "the registry does not start: \(server.errors)")
        return (server, "127.0.0.1:\(port)")
    }

    /// Runs a shell's script in the stage's folder, and gives what it prints.
    @discardableResult
    func shell(_ script: String, at location: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try machine("bash", "-euc", script)
        #expect(outcome.code == 0, "\(outcome)", sourceLocation: location)
        return outcome.text
    }
}
