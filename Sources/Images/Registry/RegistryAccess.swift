import HTTP
import JSON
import OCI
import Storage
import Synchronization

/// Registries as this machine and this user reach them: where they are, whom they have to be, who one is there.
///
/// Connections and tokens are kept, so that one value serves all that a command does.
public struct RegistryAccess: Sendable {
    let settings: RegistrySettings
    private let credentials: Credentials
    private let http = HTTPClient()
    private let authorizations = Authorizations()
    private let uploads = UploadTurns()
    /// Whether somebody wants what is going on to end: then transfers break off.
    public var isCancelled: @Sendable () -> Bool = { false }

    /// Access with these settings, as this user.
    public init(settings: RegistrySettings, credentials: Credentials) {
        self.settings = settings
        self.credentials = credentials
    }

    /// As the machine's `daemon.json` and the user's `config.json` have it.
    ///
    /// - Throws: ``RegistrySettingsError`` for a `daemon.json` that makes no sense.
    public static func ofEnvironment() throws -> RegistryAccess {
        RegistryAccess(settings: try RegistrySettings.ofMachine(), credentials: .ofEnvironment())
    }

    /// The rights that were got at each endpoint.
    private final class Authorizations: Sendable {
        let known = Mutex<[RegistryEndpoint: RegistryAuthorization]>([:])
        /// Endpoints that speak no TLS, which need not be asked again.
        let plain = Mutex<Set<RegistryEndpoint>>([])
    }

    private func authorization(_ endpoint: RegistryEndpoint) -> RegistryAuthorization {
        authorizations.known.withLock { known in
            if let found = known[endpoint] { return found }
            let made = RegistryAuthorization(endpoint, credentials, http)
            known[endpoint] = made
            return made
        }
    }

    func transport(_ endpoint: RegistryEndpoint, subject: String) -> RegistryTransport {
        RegistryTransport(
            endpoint: endpoint,
            http: http,
            authorization: authorization(endpoint),
            settings: settings,
            uploads: uploads,
            subject: subject,
            isCancelled: isCancelled
        )
    }

    /// Does something with a repository at the first endpoint that serves it.
    ///
    /// Whatever a mirror cannot do, the registry itself is asked for. A registry that is no mirror is tried by another
    /// way only if it could not be spoken to at all.
    func withRepository<Result>(
        _ reference: ImageReference,
        verb: String,
        scopes: [RegistryScope],
        writing: Bool = false,
        _ body: (RegistryClient) throws -> Result
    ) throws -> Result {
        let subject = "\(verb) \(reference.familiar)"
        var first: (any Error)?
        let known = authorizations.plain.withLock { $0 }
        for endpoint in try settings.endpoints(for: reference.domain, writing: writing)
        where !known.contains(endpoint) {
            let transport = transport(endpoint, subject: subject)
            do {
                // Nothing is begun, and told of, on a way that may not be one.
                if endpoint.trust.isInsecure, endpoint.base.scheme == "https" { try transport.reach() }
                return try body(RegistryClient(reference: reference, transport: transport, scopes: scopes))
            } catch {
                guard isWayBarred(error, endpoint) else { throw error }
                if (error as? RegistryError)?.kind == .notSecured, endpoint.trust.isInsecure {
                    _ = authorizations.plain.withLock { $0.insert(endpoint) }
                }
                // The last one is plain HTTP to who may not be there at all: what TLS said before says more.
                if !endpoint.isMirror { first = first ?? error }
            }
        }
        throw first ?? RegistryError(subject: subject, host: reference.domain, reason: "there is no way to it")
    }

    private func isWayBarred(_ error: any Error, _ endpoint: RegistryEndpoint) -> Bool {
        guard let error = error as? RegistryError else { return endpoint.isMirror }
        guard error.kind != .cancelled else { return false }
        return endpoint.isMirror || [.unreachable, .notSecured, .untrusted].contains(error.kind)
    }
}
