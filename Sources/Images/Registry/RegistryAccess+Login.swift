import HTTP
import Linux
import OCI
import Storage
public import SystemPackage

/// Whether what `login` kept lies readable in a file.
public struct KeptLogin: Hashable, Sendable {
    /// The file that has it unencrypted; nil if a helper has it.
    public let file: FilePath?
}

extension RegistryAccess {
    /// The name under which Docker keeps credentials for a registry: a host, but an address for Docker Hub.
    public static func credentialsName(of registry: String) -> String {
        let host = Credentials.host(registry)
        return host == "index.docker.io" ? Credentials.hubName : host
    }

    /// Has a registry say whether it takes a user's password, and keeps it if so.
    ///
    /// - Parameter file: The `config.json` to keep it in, or that names the helper which keeps it.
    /// - Throws: ``RegistryError``; nothing is kept then.
    public static func logIn(
        to registry: String,
        user: String,
        password: String,
        settings: RegistrySettings,
        keepingIn file: FilePath
    ) throws -> KeptLogin {
        let name = credentialsName(of: registry)
        let proof = Credentials.Proof.password(user: user, password: password)
        let access = RegistryAccess(settings: settings, credentials: Credentials(proof, for: name))
        try access.check(name == Credentials.hubName ? "docker.io" : name)
        return KeptLogin(file: try Credentials.keep(proof, for: name, in: file))
    }

    /// What is kept for a registry, exchanged for the right to it anew.
    public func checkLogin(to registry: String) throws {
        let name = Self.credentialsName(of: registry)
        try check(name == Credentials.hubName ? "docker.io" : name)
    }

    /// The user of the login that is kept; nil if there is none.
    public static func user(of registry: String, in file: FilePath) throws -> String? {
        switch try Credentials(file: file).proof(for: credentialsName(of: registry)) {
        case .password(let user, _)?: user
        case .identityToken?: "<token>"
        case nil: nil
        }
    }

    /// Forgets what is kept for a registry.
    ///
    /// - Returns: Whether anything was.
    public static func logOut(of registry: String, keptIn file: FilePath) throws -> Bool {
        try Credentials.forget(credentialsName(of: registry), in: file)
    }

    /// Asks whether one is let in at all.
    private func check(_ domain: String) throws {
        var first: (any Error)?
        for endpoint in try settings.endpoints(for: domain, writing: true) {
            let transport = transport(endpoint, subject: "login \(domain)")
            do {
                _ = try transport.whole(RegistryRequest(address: endpoint.base, scopes: []), limit: 1 << 20)
                return
            } catch let error as RegistryError {
                guard [.unreachable, .notSecured, .untrusted].contains(error.kind) else { throw error }
                first = first ?? error
            }
        }
        throw first ?? RegistryError(subject: "login", host: domain, reason: "there is no way to it")
    }
}
