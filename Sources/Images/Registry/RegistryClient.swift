import HTTP
import JSON
import OCI
import Storage
import Synchronization

/// Reads from one repository of a registry. OCI distribution specification
///
/// Tokens and passwords go to the registry and to the token server that it names, never to where a redirect leads.
final class RegistryClient: Sendable {
    private let reference: ImageReference
    private let credentials: Credentials
    private let client = HTTPClient()
    private let origin: WebAddress
    private let authorization = Mutex<String?>(nil)

    /// Plain HTTP is spoken to this machine alone.
    init(_ reference: ImageReference, _ credentials: Credentials) {
        self.reference = reference
        self.credentials = credentials
        let authority = reference.domain == "docker.io" ? "registry-1.docker.io" : reference.domain
        let address = WebAddress(scheme: "https", authority: authority, path: "/v2/\(reference.path)/")
        origin = address.isLoopback ? WebAddress(scheme: "http", authority: authority, path: address.path) : address
    }

    func failure(_ reason: String) -> RegistryError {
        RegistryError(image: reference.familiar, host: origin.authority, reason: reason)
    }

    /// The manifest or index of a tag or digest, as it came.
    func manifest(_ name: String) throws -> [UInt8] {
        let types = [
            MediaType.manifest, .index, .dockerManifest, .dockerIndex,
        ].map(\.rawValue).joined(separator: ", ")
        return try small("manifests/\(name)", accept: types, limit: ManifestDocument.maximumSize)
    }

    /// A small blob, such as a configuration.
    func blob(_ descriptor: Descriptor) throws -> [UInt8] {
        try small("blobs/\(descriptor.digest)", accept: nil, limit: 16 << 20)
    }

    private func small(_ path: String, accept: String?, limit: Int) throws -> [UInt8] {
        var body: [UInt8] = []
        var isTooLarge = false
        try get(path, accept: accept) { piece in
            isTooLarge = body.count + piece.count > limit
            if !isTooLarge { body += piece }
            return !isTooLarge
        }
        guard !isTooLarge else { throw failure("an answer of more than \(limit) bytes") }
        return body
    }

    /// Gives a blob to `receive` piece by piece; false ends it.
    func blob(_ digest: Digest, receive: @escaping ([UInt8]) -> Bool) throws {
        try get("blobs/\(digest)", accept: nil, receive: receive)
    }

    // MARK: Requests

    private func get(_ path: String, accept: String?, receive: @escaping ([UInt8]) -> Bool) throws {
        let address = WebAddress(scheme: origin.scheme, authority: origin.authority, path: origin.path + path)
        var answer = try exchange(address, accept, isOrigin: true, receive)
        if answer.response.status == 401 {
            try authorize(answer.response)
            answer = try exchange(address, accept, isOrigin: true, receive)
        }
        var here = address
        var hops = 0
        while [301, 302, 303, 307, 308].contains(answer.response.status) {
            hops += 1
            guard hops <= 10, let location = answer.response["location"], let next = here.following(location) else {
                throw failure("a redirect that leads nowhere")
            }
            here = next
            answer = try exchange(here, accept, isOrigin: here.authority == origin.authority, receive)
        }
        guard answer.response.status == 200 else { throw failure(Self.reason(answer.response.status, answer.body)) }
    }

    /// One request. The body of a good answer goes to `receive`, that of another is kept for its message.
    private func exchange(
        _ address: WebAddress,
        _ accept: String?,
        isOrigin: Bool,
        _ receive: @escaping ([UInt8]) -> Bool
    ) throws -> (response: HTTPResponse, body: [UInt8]) {
        var headers: [(name: String, value: String)] = [("User-Agent", "tutti")]
        if let accept { headers.append(("Accept", accept)) }
        if isOrigin, let value = authorization.withLock({ $0 }) { headers.append(("Authorization", value)) }
        var isGood = false
        var message: [UInt8] = []
        let answered: (HTTPResponse) -> Bool = { response in
            isGood = response.status == 200
            return true
        }
        let request = HTTPRequest(.get, address.text, headers: headers)
        do {
            let response = try client.perform(request, answered: answered) { piece in
                if isGood { return receive(piece) }
                message += piece.prefix(max(0, 1 << 16 - message.count))
                return true
            }
            return (response, message)
        } catch {
            throw RegistryError(image: reference.familiar, host: address.authority, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: HTTPError) -> String {
        switch error.reason {
        case .unknownHost: "could not resolve host"
        case .unreachable: "could not connect"
        default: error.message
        }
    }

    /// What the registry says is wrong: its own words, or the status.
    private static func reason(_ status: Int, _ body: [UInt8]) -> String {
        guard let document = try? JSONValue(parsing: body), case .array(let errors)? = document["errors"],
            let message = errors.first?["message"]?.text, !message.isEmpty
        else { return status == 404 ? "not found" : "status \(status)" }
        return message
    }

    // MARK: Authorization

    private func authorize(_ response: HTTPResponse) throws {
        guard let header = response["www-authenticate"], let challenge = Challenge(header) else {
            throw failure("it wants credentials of an unknown kind")
        }
        let value: String
        switch challenge {
        case .basic:
            guard case .password(let user, let password)? = credentials.proof(for: reference.domain) else {
                throw failure("credentials are needed")
            }
            value = Self.basic(user, password)
        case .bearer(let realm, let service, let scope):
            value = "Bearer " + (try token(realm, service, scope ?? "repository:\(reference.path):pull"))
        }
        authorization.withLock { $0 = value }
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }

    private func token(_ realm: String, _ service: String?, _ scope: String) throws -> String {
        // A realm elsewhere than under TLS would be given the password.
        guard let address = WebAddress(realm), address.scheme == "https" || address.authority == origin.authority else {
            throw failure("its token server \"\(realm)\" cannot be trusted")
        }
        let request = tokenRequest(address, service, scope)
        let (response, body): (HTTPResponse, [UInt8])
        do {
            (response, body) = try client.perform(request, limit: 1 << 20)
        } catch {
            throw RegistryError(image: reference.familiar, host: address.authority, reason: Self.reason(error))
        }
        guard response.status == 200, let document = try? JSONValue(parsing: body),
            let token = document["token"]?.text ?? document["access_token"]?.text
        else {
            let reason = response.status == 401 ? "unauthorized" : Self.reason(response.status, body)
            throw RegistryError(image: reference.familiar, host: address.authority, reason: reason)
        }
        return token
    }

    private func tokenRequest(_ address: WebAddress, _ service: String?, _ scope: String) -> HTTPRequest {
        var form = [("scope", scope)] + (service.map { [("service", $0)] } ?? [])
        let agent = (name: "User-Agent", value: "tutti")
        switch credentials.proof(for: reference.domain) {
        case .identityToken(let token)?:
            form += [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "tutti")]
            let type = (name: "Content-Type", value: "application/x-www-form-urlencoded")
            return HTTPRequest(.post, address.text, headers: [agent, type], body: Array(Self.form(form).utf8))
        case .password(let user, let password)?:
            let proof = (name: "Authorization", value: Self.basic(user, password))
            return HTTPRequest(.get, Self.query(address, form), headers: [agent, proof])
        case nil: return HTTPRequest(.get, Self.query(address, form), headers: [agent])
        }
    }

    private static func query(_ address: WebAddress, _ fields: [(String, String)]) -> String {
        address.text + (address.path.contains("?") ? "&" : "?") + form(fields)
    }

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(decoding: [byte], as: UTF8.self)
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
        }.joined()
    }
}
