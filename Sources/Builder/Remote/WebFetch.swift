import HTTP
import Linux
import OCI

/// Brings one file from the web.
struct WebFetch {
    /// What is known of a file that came.
    struct Version: Codable, Hashable, Sendable {
        var name: String
        var digest: Digest
        /// What the server has said of this version, so that it can tell whether there is another.
        var tag: String?
        var modified: String?
    }

    private struct Failure: Error {
        let reason: String
        var isPassing = false
    }

    private static let attempts = 4
    private static let redirects = 10

    let http: HTTPClient
    let file: WebFile
    /// Goes along to the file's own host alone.
    let authorization: String?

    /// Fetches the file, unless it is still the known version.
    ///
    /// - Parameters:
    ///   - makeTarget: Makes the file to write to, by its name; again if a connection breaks.
    ///   - progress: Told once a second how many bytes have come, and of how many if that is known.
    /// - Returns: What came, or the known version.
    func fetch(
        unless known: Version?,
        to makeTarget: @escaping (FileName) throws -> OwnedDescriptor,
        progress: @escaping (Int64, Int64?) -> Void
    ) throws -> Version {
        var failures = 0
        while true {
            do {
                let reception = WebReception(file, known: known, makeTarget, progress)
                try follow(reception)
                return try reception.version()
            } catch let failure as Failure {
                failures += 1
                guard failure.isPassing, failures < Self.attempts else {
                    throw BuilderError(.download(file.address.text, reason: failure.reason))
                }
                Pause.wait(.milliseconds(100) * (1 << failures))
            }
        }
    }

    /// Goes where redirects lead.
    private func follow(_ reception: WebReception) throws {
        var here = file.address
        for _ in 0...Self.redirects {
            let response = try exchange(at: here, reception)
            guard [301, 302, 303, 307, 308].contains(response.status) else { return try check(response, reception) }
            guard let next = response["Location"].flatMap(here.following) else {
                throw Failure(reason: "a redirect that leads nowhere")
            }
            here = next
        }
        throw Failure(reason: "more than \(Self.redirects) redirects")
    }

    private func check(_ response: HTTPResponse, _ reception: WebReception) throws {
        guard !reception.isKnown, !WebReception.successes.contains(response.status) else { return }
        let isPassing = [408, 429, 500, 502, 503, 504].contains(response.status)
        throw Failure(reason: "invalid response status \(response.status)", isPassing: isPassing)
    }

    private func exchange(at address: WebAddress, _ reception: WebReception) throws -> HTTPResponse {
        var headers = [(name: "User-Agent", value: "tutti")] + reception.conditions
        let isOrigin = address.scheme == file.address.scheme && address.authority == file.address.authority
        if isOrigin, let authorization { headers.append((name: "Authorization", value: authorization)) }
        let request = HTTPRequest(.get, address.text, headers: headers, isDirect: address.isLoopback)
        do {
            return try http.perform(request, answered: reception.answered, receive: reception.receive)
        } catch {
            if let failure = reception.failure { throw failure }
            guard error.reason != .cancelled || !reception.isKnown else { return HTTPResponse(status: 304) }
            throw Failure(reason: "\(error)", isPassing: error.reason == .interrupted)
        }
    }
}
