import HTTP
import JSON
import Linux
public import SystemPackage

/// Who one is at registries: what `docker login` has left in `config.json`, or given to a helper program.
public struct Credentials: Sendable {
    /// How one proves who one is.
    enum Proof: Hashable, Sendable {
        case password(user: String, password: String)
        /// A token that stands for the user, to be exchanged for others.
        case identityToken(String)
    }

    /// The name under which Docker keeps credentials for Docker Hub.
    static let hubName = "https://index.docker.io/v1/"

    private let configuration: Result<ClientConfiguration, CredentialsError>?
    /// What somebody has just said, for one registry.
    private var given: (registry: String, proof: Proof)?

    /// Nobody in particular.
    public static let anonymous = Credentials(configuration: nil)

    private init(configuration: Result<ClientConfiguration, CredentialsError>?) {
        self.configuration = configuration
    }

    /// Reads what Docker's configuration says: `DOCKER_AUTH_CONFIG`, else `config.json` in `DOCKER_CONFIG` or `~/.docker`.
    ///
    /// A missing file says nothing; one that cannot be read is an error as soon as credentials are wanted.
    public static func ofEnvironment() -> Credentials {
        if let text = OwnEnvironment["DOCKER_AUTH_CONFIG"] {
            return Credentials(
                configuration: Result { () throws(CredentialsError) in try ClientConfiguration(Array(text.utf8)) }
            )
        }
        return Credentials(file: configurationFile)
    }

    /// Where `login` writes to.
    public static var configurationFile: FilePath {
        let folder = OwnEnvironment["DOCKER_CONFIG"] ?? (OwnEnvironment["HOME"] ?? "/root") + "/.docker"
        return FilePath(folder).appending("config.json")
    }

    /// A proof for one registry, as somebody has just given it.
    init(_ proof: Proof, for registry: String) {
        configuration = nil
        given = (registry, proof)
    }

    /// Reads a `config.json`.
    public init(file: FilePath) {
        configuration = Result { () throws(CredentialsError) in try ClientConfiguration(file) }
    }

    /// The proof for a registry; nil is anonymous.
    ///
    /// - Parameter registry: A host with its port if it has one, or ``hubName``.
    func proof(for registry: String) throws(CredentialsError) -> Proof? {
        if let given { return given.registry == registry ? given.proof : nil }
        guard let configuration = try configuration?.get() else { return nil }
        if let name = configuration.helper(for: registry),
            let found = try CredentialHelper(name).get(registry)
        {
            return found
        }
        let host = Self.host(registry)
        return configuration.entries.last { Self.host($0.name) == host }.flatMap { Self.proof($0.value) }
    }

    /// Older entries are addresses, such as Docker Hub's `https://index.docker.io/v1/`.
    static func host(_ name: String) -> String {
        let host = WebAddress(name)?.authority ?? name.prefix { $0 != "/" }.lowercased()
        return host == "docker.io" || host == "registry-1.docker.io" ? "index.docker.io" : host
    }

    private static func proof(_ entry: JSONValue) -> Proof? {
        if let token = entry["identitytoken"]?.text, !token.isEmpty { return .identityToken(token) }
        if let auth = entry["auth"]?.text, let bytes = Base64.decode(auth),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        {
            return .password(
                user: String(decoding: bytes[..<colon], as: UTF8.self),
                password: String(decoding: bytes[(colon + 1)...].filter { $0 != 0 }, as: UTF8.self)
            )
        }
        guard let user = entry["username"]?.text, let password = entry["password"]?.text else { return nil }
        return .password(user: user, password: password)
    }
}

// MARK: Keeping

extension Credentials {
    /// Keeps a proof for a registry, where the configuration says: in the file or with a helper.
    ///
    /// - Returns: The file if the proof lies in it unencrypted.
    static func keep(_ proof: Proof, for registry: String, in file: FilePath) throws -> FilePath? {
        var configuration = try ClientConfiguration(file)
        if let name = configuration.helper(for: registry) {
            try CredentialHelper(name).store(proof, for: registry)
            _ = configuration.set(.object([]), for: registry)
            try configuration.write()
            return nil
        }
        _ = configuration.set(entry(proof), for: registry)
        try configuration.write()
        return file
    }

    private static func entry(_ proof: Proof) -> JSONValue {
        switch proof {
        case .password(let user, let password): ["auth": .string(Base64.encode(Array("\(user):\(password)".utf8)))]
        case .identityToken(let token):
            ["auth": .string(Base64.encode(Array("<token>:".utf8))), "identitytoken": .string(token)]
        }
    }

    /// Forgets what is kept for a registry.
    ///
    /// - Returns: Whether anything was.
    static func forget(_ registry: String, in file: FilePath) throws -> Bool {
        var configuration = try ClientConfiguration(file)
        var wasKept = false
        if let name = configuration.helper(for: registry) { wasKept = try CredentialHelper(name).erase(registry) }
        let wasThere = configuration.set(nil, for: registry)
        if wasThere { try configuration.write() }
        return wasThere || wasKept
    }
}

/// Why it is not known who one is.
public enum CredentialsError: Error, Hashable, Sendable {
    /// A `config.json` that cannot be read.
    case unreadable(path: String, reason: String)
    /// A name that no helper program can have.
    case badHelperName(String)
    case helperMissing(String)
    /// A helper that did not do what it was asked to; with its own words, if it had any.
    case helperFailed(String, reason: String)
}

extension CredentialsError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .badHelperName(let name): "\"\(name)\" is not the name of a credential helper"
        case .helperMissing(let name): "credential helper \(name): not found in PATH"
        case .helperFailed(let name, let reason): "credential helper \(name): \(reason)"
        }
    }
}
