import HTTP
import JSON
import Linux
import OCI
import Synchronization

/// The right to use a registry: what it asked for, and what was got for that.
///
/// Tokens and passwords go to the registry and to the token server that it names, never to where a redirect leads.
final class RegistryAuthorization: Sendable {
    private struct Token {
        let text: String
        let expires: MonotonicTime
    }

    private struct State {
        var challenge: Challenge?
        var tokens: [[RegistryScope]: Token] = [:]
    }

    private let endpoint: RegistryEndpoint
    private let credentials: Credentials
    private let http: HTTPClient
    private let state = Mutex(State())

    init(_ endpoint: RegistryEndpoint, _ credentials: Credentials, _ http: HTTPClient) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.http = http
    }

    /// The value of `Authorization` for what is wanted; nil as long as the registry has not asked.
    ///
    /// Several threads that want a token wait for the first one to have it.
    func header(for scopes: [RegistryScope], subject: String) throws -> String? {
        try state.withLock { state in
            switch state.challenge {
            case nil: return nil
            case .basic?: return try basic(subject)
            case .bearer(let realm, let service, _)?:
                if let token = state.tokens[scopes], token.expires > .now { return "Bearer \(token.text)" }
                let token = try fetch(realm, service, scopes, subject)
                state.tokens[scopes] = token
                return "Bearer \(token.text)"
            }
        }
    }

    /// Takes in what the registry asks for, and forgets the token that it did not take.
    func take(_ response: HTTPResponse, scopes: [RegistryScope], subject: String) throws {
        guard let header = response["www-authenticate"], let challenge = Challenge(header) else {
            throw failure("it wants credentials of an unknown kind", subject)
        }
        state.withLock { state in
            state.challenge = challenge
            state.tokens[scopes] = nil
        }
    }

    private func failure(_ reason: String, _ subject: String, host: String? = nil) -> RegistryError {
        RegistryError(
            subject: subject,
            host: host ?? endpoint.base.authority,
            kind: .unauthorized,
            reason: reason
        )
    }

    private func basic(_ subject: String) throws -> String {
        guard case .password(let user, let password)? = try credentials.proof(for: endpoint.credentialsName) else {
            throw failure("no basic auth credentials", subject)
        }
        return Self.basic(user, password)
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }

    // MARK: Tokens

    private func fetch(
        _ realm: String,
        _ service: String?,
        _ scopes: [RegistryScope],
        _ subject: String
    ) throws -> Token {
        // Elsewhere than under TLS, a password would be given to whoever listens.
        guard let address = WebAddress(realm), address.isAsSafe(as: endpoint.base) else {
            throw failure("its token server \"\(realm)\" cannot be trusted", subject)
        }
        let asked = MonotonicTime.now
        let (response, body): (HTTPResponse, [UInt8])
        do {
            (response, body) = try http.perform(try request(address, service, scopes), limit: 1 << 20)
        } catch let error as HTTPError {
            throw RegistryError(subject: subject, host: address.authority, error)
        }
        guard response.status == 200 else {
            throw RegistryError(subject: subject, host: address.authority, response, body)
        }
        guard let document = try? JSONValue(parsing: body),
            let text = [document["token"]?.text, document["access_token"]?.text].lazy.compactMap({ $0 }).first,
            !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw failure("no token came from its token server", subject, host: address.authority) }
        return Token(text: text, expires: asked.advanced(by: .seconds(Self.lifetime(document))))
    }

    /// How many seconds a token lasts: a minute if nothing is said, and a little less than is said.
    private static func lifetime(_ document: JSONValue) -> Int64 {
        guard case .integer(let seconds)? = document["expires_in"], (1...86_400).contains(seconds) else { return 60 }
        return max(1, seconds - 5)
    }

    private func request(_ address: WebAddress, _ service: String?, _ scopes: [RegistryScope]) throws -> HTTPRequest {
        let form = scopes.map { ("scope", $0.text) } + (service.map { [("service", $0)] } ?? [])
        let agent = (name: "User-Agent", value: "tutti")
        let trust = address.authority == endpoint.base.authority ? endpoint.trust : HTTPRequest.Trust()
        var request = HTTPRequest(.get, address.text, trust: trust, isDirect: address.isLoopback)
        switch try credentials.proof(for: endpoint.credentialsName) {
        case .identityToken(let token)?:
            // One field has all scopes there, with spaces between.
            let scope = scopes.map(\.text).joined(separator: " ")
            let fields =
                [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "tutti")]
                + (scope.isEmpty ? [] : [("scope", scope)]) + (service.map { [("service", $0)] } ?? [])
            request.method = .post
            request.headers = [agent, (name: "Content-Type", value: "application/x-www-form-urlencoded")]
            request.body = .bytes(Array(WebAddress.form(fields).utf8))
        case .password(let user, let password)?:
            request.url = address.adding([("account", user)] + form).text
            request.headers = [agent, (name: "Authorization", value: Self.basic(user, password))]
        case nil:
            request.url = address.adding(form).text
            request.headers = [agent]
        }
        return request
    }
}
