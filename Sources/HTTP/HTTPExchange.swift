/// What is asked of a server.
public struct HTTPRequest: Sendable {
    /// What is to be done with the resource. RFC 9110
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What is to be done.
    public var method: Method
    /// An absolute `http` or `https` URL.
    public var url: String
    /// Names and values; a name may come more than once.
    public var headers: [(name: String, value: String)]
    /// Sent as it is; nil is no body.
    public var body: [UInt8]?
    /// Whom the connection trusts.
    public var trust: Trust

    /// Whom the connection trusts.
    public struct Trust: Hashable, Sendable {
        /// A PEM file of authorities to trust instead of the system's.
        public var authorityFile: String?
        /// PEM files of our own certificate and its key, for servers that want one.
        public var certificate: String?
        /// The certificate's key, as a PEM file.
        public var key: String?
        /// Whether the server need not prove who it is.
        public var isInsecure: Bool

        /// A value of these parts.
        public init(
            authorityFile: String? = nil,
            certificate: String? = nil,
            key: String? = nil,
            isInsecure: Bool = false
        ) {
            self.authorityFile = authorityFile
            self.certificate = certificate
            self.key = key
            self.isInsecure = isInsecure
        }
    }

    /// A value of these parts.
    public init(
        _ method: Method = .get,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        trust: Trust = Trust()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.trust = trust
    }
}

/// What a server answered, the body apart.
public struct HTTPResponse: Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// By name in lower case; of a name that came twice, the values joined by commas.
    public var headers: [String: String]

    /// A value of these parts.
    public init(status: Int, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
    }

    /// The value of a header, whatever its case.
    public subscript(name: String) -> String? { headers[name.lowercased()] }
}

/// Why there is no answer.
public struct HTTPError: Error, Hashable, Sendable {
    /// The reasons that make a difference.
    public enum Reason: Hashable, Sendable {
        /// The host's name is not known.
        case unknownHost
        /// Nobody answers there.
        case unreachable
        /// The server did not prove who it is.
        case untrusted
        /// The transfer stood still, or was cut.
        case interrupted
        /// The receiver wanted no more.
        case cancelled
        /// libcurl is not installed.
        case unavailable
        case other
    }

    /// Why.
    public let reason: Reason
    /// What was asked for.
    public let url: String
    /// libcurl's own words.
    public let message: String
}

extension HTTPError: CustomStringConvertible {
    /// What went wrong, in one line.
    public var description: String {
        let host = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? url
        switch reason {
        case .unknownHost: return "\(host): could not resolve host"
        case .unreachable: return "\(host): could not connect"
        case .unavailable: return message
        default: return "\(host): \(message)"
        }
    }
}
