import HTTP
import JSON

extension RegistryError {
    /// What comes of an exchange that failed.
    init(subject: String, host: String, _ error: HTTPError) {
        let (kind, reason): (Kind, String) =
            switch error.reason {
            case .unknownHost: (.unreachable, "could not resolve host")
            case .unreachable: (.unreachable, "could not connect")
            case .untrusted: (.untrusted, error.message)
            case .notSecured: (.notSecured, "it does not speak TLS")
            case .interrupted: (.interrupted, error.message)
            case .cancelled: (.cancelled, "canceled")
            case .unavailable, .other: (.other, error.message)
            }
        self.init(subject: subject, host: host, kind: kind, reason: reason)
    }

    /// What comes of an answer that is no success: the registry's own words, or the status.
    init(subject: String, host: String, _ response: HTTPResponse, _ body: [UInt8]) {
        let kind: Kind =
            switch response.status {
            case 401, 403: .unauthorized
            case 404: .notFound
            case 408, 429, 500, 502, 503, 504: .busy(retryAfter: response["retry-after"].flatMap { Int($0) })
            default: .other
            }
        self.init(subject: subject, host: host, kind: kind, reason: Self.reason(response.status, body))
    }

    private static let words: [Int: String] = [
        401: "authentication required", 403: "access denied", 404: "not found", 429: "too many requests",
    ]

    private static func reason(_ status: Int, _ body: [UInt8]) -> String {
        guard let document = try? JSONValue(parsing: body), case .array(let errors)? = document["errors"],
            let error = errors.first, let message = error["message"]?.text ?? error["code"]?.text, !message.isEmpty
        else { return words[status] ?? "status \(status)" }
        return String(message.prefix(400))
    }
}
