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

    /// Runs a shell's script in the stage's folder, and gives what it prints.
    @discardableResult
    func shell(
        _ script: String,
        in environment: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try program("/usr/bin/env", ["bash", "-euc", script], environment).run()
        #expect(outcome.code == 0, "\(outcome)", sourceLocation: location)
        return outcome.text
    }
}

/// Debian's registry on loopback with its content in the stage's folder, gone with the value.
final class StageRegistry {
    let host: String
    private let server: Child

    /// - Parameter user: Who alone may use it.
    init(_ stage: Stage, user: String? = nil, password: String = "") throws {
        let port = try freePort()
        host = "127.0.0.1:\(port)"
        var auth = ""
        if let user {
            try stage.write(try stage.machine("htpasswd", "-Bbn", user, password).output, to: "htpasswd")
            auth = "auth: {htpasswd: {realm: test, path: \(stage.folder)/htpasswd}}"
        }
        let configuration = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(stage.folder)/registry-\(port)}}
            http: {addr: "\(host)", secret: secret}
            \(auth)

            """
        let file = "registry-\(port).yaml"
        try stage.write(configuration, to: file)
        server = try stage.program("/usr/bin/docker-registry", ["serve", "\(stage.folder)/\(file)"], [:]).start()
        try #require(server.prints("listening on"), "the registry does not start: \(server.errors)")
    }

    /// Ends it, and waits until it is gone.
    func stop() {
        server.send(SIGTERM)
        _ = server.finish()
    }

    deinit { server.send(SIGKILL) }
}
