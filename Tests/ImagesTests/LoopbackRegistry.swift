import Glibc
import Images
import Linux
import SystemPackage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only where Debian's `docker-registry` and `skopeo` are installed.
    static var requiresRegistry: Self {
        .enabled("needs Debian's docker-registry, skopeo, openssl and htpasswd") {
            ["docker-registry", "skopeo", "openssl", "htpasswd"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
        }
    }
}

/// Debian's registry on loopback, a test's own, gone with the value.
final class LoopbackRegistry {
    let port: Int
    /// As references name it.
    var host: String { "127.0.0.1:\(port)" }
    private var process: pid_t = 0

    /// Starts one and waits until it listens.
    ///
    /// - Parameters:
    ///   - http: Lines below `http:`, such as `tls: {…}`.
    ///   - auth: What follows `auth:`.
    init(in folder: FilePath, name: String = "registry", http: [String] = [], auth: String? = nil) throws {
        port = freePort()
        let configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(folder)/\(name)}, delete: {enabled: true}}
            http:
              addr: "127.0.0.1:\(port)"
              secret: secret
            \(http.map { "  \($0)\n" }.joined())
            \(auth.map { "auth: \($0)" } ?? "")
            """
        let file = folder.appending("\(name).yaml")
        try WholeFile.replace(file, with: Array(configuration.utf8), isDurable: false)
        process = try Program.spawn(["/usr/bin/docker-registry", "serve", file.string])
        try #require(awaitPort(port), "the registry does not answer")
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }
}

/// Connects until somebody listens; each refusal is answered at once, so a pause keeps it from being a busy loop.
private func awaitPort(_ port: Int) -> Bool {
    for _ in 0..<500 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port: port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return true }
        poll(nil, 0, 20)
    }
    return false
}

/// A server under TLS that answers with files, each of them a whole answer, status line and all.
final class SecureServer {
    let port = freePort()
    var host: String { "127.0.0.1:\(port)" }
    private var process: pid_t = 0

    init(in folder: FilePath, certificate: FilePath, key: FilePath) throws {
        process = try Program.spawn([
            "/usr/bin/env", "-C", folder.string, "openssl", "s_server", "-quiet", "-HTTP", "-accept",
            "127.0.0.1:\(port)", "-cert", certificate.string, "-key", key.string,
        ])
        try #require(awaitPort(port), "the server does not answer")
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }
}

/// An authority of a test's own, made by openssl.
struct CertificateAuthority {
    let folder: FilePath
    var certificate: FilePath { folder.appending("ca.crt") }

    init(in folder: FilePath) throws {
        try Folder.makeAll(folder)
        self.folder = folder
        let made = try Program.succeeds([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority",
            "-keyout", folder.appending("ca.key").string, "-out", certificate.string,
        ])
        try #require(made)
    }

    /// A certificate and its key.
    ///
    /// - Parameter days: How long it is good for; less than none for one that is good no more.
    func issue(
        _ name: String,
        alternatives: String = "IP:127.0.0.1",
        days: Int = 2
    ) throws -> (certificate: FilePath, key: FilePath) {
        let (request, key) = (folder.appending("\(name).csr"), folder.appending("\(name).key"))
        let (extensions, certificate) = (folder.appending("\(name).ext"), folder.appending("\(name).crt"))
        let text = Array("subjectAltName=\(alternatives)\n".utf8)
        try WholeFile.replace(extensions, with: text, isDurable: false)
        let isAsked = try Program.succeeds([
            "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout", key.string, "-out",
            request.string,
        ])
        let isSigned = try Program.succeeds([
            "openssl", "x509", "-req", "-in", request.string, "-CA", certificateText, "-CAkey",
            folder.appending("ca.key").string, "-CAcreateserial", "-days", "\(days)", "-extfile", extensions.string,
            "-out",
            certificate.string,
        ])
        try #require(isAsked && isSigned)
        return (certificate, key)
    }

    /// Settings by which a registry is trusted as far as this authority vouches for it.
    func access(to host: String, in folder: FilePath) throws -> RegistryAccess {
        let certificates = folder.appending("certs.d")
        try Folder.makeAll(certificates.appending(host))
        let copy = certificates.appending(host).appending("ca.crt")
        try WholeFile.replace(copy, with: WholeFile.read(certificate), isDurable: false)
        return try RegistryAccess.plain(certificates: certificates, attempts: 1)
    }

    private var certificateText: String { certificate.string }
}

extension RegistryAccess {
    /// As nobody, with no settings but that nothing is waited for long.
    static func plain(
        mirrors: [String] = [],
        insecure: [String] = [],
        certificates: FilePath? = nil,
        uploads: Int = 5,
        attempts: Int = 5,
        stallTimeout: Int = 60,
        credentials: Credentials = .anonymous
    ) throws -> RegistryAccess {
        let settings = try RegistrySettings(
            mirrors: mirrors,
            insecure: insecure,
            certificateFolders: certificates.map { [$0] } ?? [],
            uploads: uploads,
            attempts: attempts,
            stallTimeout: stallTimeout,
            firstPause: .milliseconds(1)
        )
        return RegistryAccess(settings: settings, credentials: credentials)
    }
}
