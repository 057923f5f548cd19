/// The parts of an address that decide whom one talks to. RFC 3986
struct WebAddress: Hashable {
    /// `http` or `https`.
    let scheme: String
    /// Host and port, in lower case.
    let authority: String
    /// Path and query, with the slash at its beginning.
    let path: String

    init(scheme: String, authority: String, path: String) {
        self.scheme = scheme
        self.authority = authority
        self.path = path
    }

    /// Nil for anything but an `http` or `https` address without credentials in it.
    init?(_ text: String) {
        let scheme = text.hasPrefix("https://") ? "https" : text.hasPrefix("http://") ? "http" : nil
        guard let scheme else { return nil }
        let rest = text.dropFirst(scheme.utf8.count + 3)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end].lowercased()
        guard !authority.isEmpty, !authority.contains("@"), !text.utf8.contains(where: { $0 <= 0x20 }) else {
            return nil
        }
        let path = rest[end...].prefix { $0 != "#" }
        self.init(scheme: scheme, authority: authority, path: path.hasPrefix("/") ? String(path) : "/" + path)
    }

    /// Where a redirect from here leads; nil for nowhere that may be followed.
    func following(_ location: String) -> WebAddress? {
        if let absolute = WebAddress(location) {
            // What began under TLS stays there.
            return scheme == "https" && absolute.scheme == "http" ? nil : absolute
        }
        guard location.hasPrefix("/"), !location.hasPrefix("//"), !location.utf8.contains(where: { $0 <= 0x20 }) else {
            return nil
        }
        return WebAddress(scheme: scheme, authority: authority, path: location)
    }

    /// The same address with fields at the end of its query.
    func adding(_ fields: [(String, String)]) -> WebAddress {
        guard !fields.isEmpty else { return self }
        let separator = path.contains("?") ? "&" : "?"
        return WebAddress(scheme: scheme, authority: authority, path: path + separator + Self.form(fields))
    }

    /// Fields as a query or a form has them.
    static func form(_ fields: [(String, String)]) -> String {
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

    /// The host without its port.
    var host: String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether only this machine can answer.
    var isLoopback: Bool { host == "localhost" || host == "::1" || Self.isLoopbackNumber(host) }

    /// Four numbers, the first of them 127: a name such as `127.example.com` is somebody else's.
    private static func isLoopbackNumber(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether what is sent there is as safe as what is sent to `other`: under TLS, or to the same machine.
    func isAsSafe(as other: WebAddress) -> Bool {
        scheme == "https" || other.scheme == "http" && host == other.host
    }

    var text: String { "\(scheme)://\(authority)\(path)" }
}
