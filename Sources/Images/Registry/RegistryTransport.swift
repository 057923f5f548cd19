import HTTP
import Linux

/// What is asked of a registry.
struct RegistryRequest {
    var method = HTTPRequest.Method.get
    var address: WebAddress
    var headers: [(name: String, value: String)] = []
    /// Makes what is sent, from its beginning each time; nil sends nothing.
    var body: (() throws -> HTTPRequest.Body)?
    /// What the right to it is.
    var scopes: [RegistryScope]
    /// The statuses that are successes.
    var accepted: Set<Int> = [200]
    /// Seconds, where more patience is needed than ``RegistrySettings/stallTimeout``.
    var stallTimeout: Int?
}

/// Brings requests to one endpoint, with the right to make them, and along redirects.
struct RegistryTransport: Sendable {
    let endpoint: RegistryEndpoint
    let http: HTTPClient
    let authorization: RegistryAuthorization
    let settings: RegistrySettings
    let uploads: UploadTurns
    /// What is being done, for messages.
    let subject: String
    let isCancelled: @Sendable () -> Bool

    func failure(_ reason: String, _ kind: RegistryError.Kind = .other) -> RegistryError {
        RegistryError(subject: subject, host: endpoint.base.authority, kind: kind, reason: reason)
    }

    // MARK: Again

    /// Does something until it goes well, or fails in a way that will not pass, or has failed too often.
    ///
    /// - Parameter hasProgressed: Whether there was any progress since it was asked last: then counting starts anew.
    func persist<Result>(
        hasProgressed: () -> Bool = { false },
        _ body: () throws -> Result
    ) throws -> Result {
        var failures = 0
        while true {
            do {
                return try body()
            } catch let error as RegistryError {
                failures = hasProgressed() ? 1 : failures + 1
                guard error.isPassing, failures < settings.attempts, !isCancelled() else { throw error }
                Pause.wait(pause(after: failures, error))
            }
        }
    }

    /// Twice as long each time, unless the registry said how long; a minute at most.
    private func pause(after failures: Int, _ error: RegistryError) -> Duration {
        if case .busy(let seconds?) = error.kind, seconds >= 0 { return .seconds(min(seconds, 60)) }
        return min(settings.firstPause * (1 << min(failures - 1, 10)), .seconds(60))
    }

    // MARK: Once

    /// The whole answer, tried again while the registry is busy or the connection breaks.
    func whole(_ request: RegistryRequest, limit: Int) throws -> (response: HTTPResponse, body: [UInt8]) {
        try persist {
            var body: [UInt8] = []
            var isTooLarge = false
            let receive = { (piece: [UInt8]) in
                isTooLarge = body.count + piece.count > limit
                if !isTooLarge { body += piece }
                return !isTooLarge
            }
            let response = try perform(request, receive: receive) { error in
                isTooLarge ? failure("an answer of more than \(limit) bytes") : error
            }
            return (response, body)
        }
    }

    /// Makes a request once. The body of a success goes to `receive`.
    ///
    /// - Parameters:
    ///   - answered: Is told of a success before its body; false ends the transfer.
    ///   - ended: Makes the error of a transfer that was ended here.
    func perform(
        _ request: RegistryRequest,
        answered: @escaping (HTTPResponse) -> Bool = { _ in true },
        receive: @escaping ([UInt8]) -> Bool = { _ in true },
        ended: (RegistryError) -> any Error = { $0 }
    ) throws -> HTTPResponse {
        do {
            var answer = try exchange(request, at: request.address, answered, receive)
            if answer.response.status == 401 {
                try authorization.take(answer.response, scopes: request.scopes, subject: subject)
                answer = try exchange(request, at: request.address, answered, receive)
            }
            answer = try follow(answer, of: request, answered, receive)
            guard request.accepted.contains(answer.response.status) else {
                throw RegistryError(subject: subject, host: endpoint.base.authority, answer.response, answer.body)
            }
            return answer.response
        } catch let error as RegistryError {
            guard error.kind == .cancelled else { throw error }
            throw ended(error)
        }
    }

    /// Finds out whether anybody speaks to us there, whatever is said.
    ///
    /// - Throws: ``RegistryError`` if nobody does.
    func reach() throws {
        _ = try exchange(
            RegistryRequest(address: endpoint.base, scopes: []),
            at: endpoint.base,
            { _ in true },
            { _ in true }
        )
    }

    private typealias Answer = (response: HTTPResponse, body: [UInt8])

    /// Goes where redirects lead, with nothing that only the registry may see.
    private func follow(
        _ answer: Answer,
        of request: RegistryRequest,
        _ answered: @escaping (HTTPResponse) -> Bool,
        _ receive: @escaping ([UInt8]) -> Bool
    ) throws -> Answer {
        var (answer, here, hops) = (answer, request.address, 0)
        while [301, 302, 303, 307, 308].contains(answer.response.status), request.body == nil {
            hops += 1
            guard hops <= 10, let location = answer.response["location"], let next = here.following(location) else {
                throw failure("a redirect that leads nowhere")
            }
            here = next
            answer = try exchange(request, at: here, answered, receive)
        }
        return answer
    }

    /// One exchange. The body of a good answer goes to `receive`, that of another is kept for its message.
    private func exchange(
        _ request: RegistryRequest,
        at address: WebAddress,
        _ answered: @escaping (HTTPResponse) -> Bool,
        _ receive: @escaping ([UInt8]) -> Bool
    ) throws -> Answer {
        let isOrigin = address.scheme == endpoint.base.scheme && address.authority == endpoint.base.authority
        var headers = [(name: "User-Agent", value: "tutti")] + request.headers
        if isOrigin, let value = try authorization.header(for: request.scopes, subject: subject) {
            headers.append((name: "Authorization", value: value))
        }
        let sent = HTTPRequest(
            request.method,
            address.text,
            headers: headers,
            body: try request.body?(),
            trust: isOrigin ? endpoint.trust : HTTPRequest.Trust(),
            isDirect: address.isLoopback,
            proxies: settings.proxies,
            stallTimeout: request.stallTimeout ?? settings.stallTimeout
        )
        var isGood = false
        var message: [UInt8] = []
        do {
            let response = try http.perform(sent) { response in
                isGood = request.accepted.contains(response.status)
                return !isGood || answered(response)
            } receive: { piece in
                if isGood { return !isCancelled() && receive(piece) }
                message += piece.prefix(max(0, 1 << 16 - message.count))
                return true
            }
            return (response, message)
        } catch {
            throw RegistryError(subject: subject, host: address.authority, error)
        }
    }
}
