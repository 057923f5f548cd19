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
        guard location.hasPrefix("/"), !location.hasPrefix("//") else { return nil }
        return WebAddress(scheme: scheme, authority: authority, path: location)
    }

    /// The host without its port.
    var host: String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether only this machine can answer.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    var text: String { "\(scheme)://\(authority)\(path)" }
}
