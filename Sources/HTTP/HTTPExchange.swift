/// What is asked of a server.
public struct HTTPRequest {
    /// What is to be done with the resource. RFC 9110
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What is sent.
    public enum Body {
        case bytes([UInt8])
        /// Pieces of so many bytes in all; nil at the end. What the closure throws ends the transfer as cancelled.
        case pieces(size: Int64, () throws -> [UInt8]?)
    }

    /// What is to be done.
    public var method: Method
    /// An absolute `http` or `https` URL.
    public var url: String
    /// Names and values; a name may come more than once.
    public var headers: [(name: String, value: String)]
    /// Nil is no body.
    public var body: Body?
    /// Whom the connection trusts.
    public var trust: Trust
    /// Whether no proxy is asked, whatever the environment says.
    public var isDirect: Bool
    /// The proxies that are asked instead of the environment's.
    public var proxies: Proxies
    /// Seconds after which a transfer that stands still is given up.
    public var stallTimeout: Int

    /// Whom the connection trusts.
    public struct Trust: Hashable, Sendable {
        /// Certificates in PEM of authorities to trust besides the system's.
        public var authorities: [UInt8]
        /// A PEM file of our own certificate, for servers that want one.
        public var certificate: String?
        /// The certificate's key, as a PEM file.
        public var key: String?
        /// Whether the server need not prove who it is.
        public var isInsecure: Bool

        /// A value of these parts.
        public init(
            authorities: [UInt8] = [],
            certificate: String? = nil,
            key: String? = nil,
            isInsecure: Bool = false
        ) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
            self.isInsecure = isInsecure
        }
    }

    /// Who is asked to bring what.
    public struct Proxies: Hashable, Sendable {
        /// For `http` URLs; nil leaves it to the environment.
        public var http: String?
        /// For `https` URLs; nil leaves it to the environment.
        public var https: String?
        /// Hosts that are reached without a proxy, joined by commas.
        public var excluded: String?

        /// A value of these parts.
        public init(http: String? = nil, https: String? = nil, excluded: String? = nil) {
            self.http = http
            self.https = https
            self.excluded = excluded
        }

        func proxy(for url: String) -> String? { url.hasPrefix("https:") ? https : http }
    }

    /// A value of these parts.
    public init(
        _ method: Method = .get,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: Body? = nil,
        trust: Trust = Trust(),
        isDirect: Bool = false,
        proxies: Proxies = Proxies(),
        stallTimeout: Int = 60
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.trust = trust
        self.isDirect = isDirect
        self.proxies = proxies
        self.stallTimeout = stallTimeout
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
        /// What answers does not speak TLS.
        case notSecured
        /// The transfer stood still, or was cut.
        case interrupted
        /// The receiver wanted no more, or the sender could not go on.
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
