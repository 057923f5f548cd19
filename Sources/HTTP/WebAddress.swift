/// The parts of an address that decide whom one talks to. RFC 3986
public struct WebAddress: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// Host and port, in lower case.
    public let authority: String
    /// Path and query, with the slash at its beginning.
    public let path: String

    /// An address of these parts.
    public init(scheme: String, authority: String, path: String) {
        self.scheme = scheme
        self.authority = authority
        self.path = path
    }

    /// Nil for anything but an `http` or `https` address without credentials in it.
    public init?(_ text: String) {
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

    /// Whether a text is meant as an address, whatever is wrong with it.
    public static func isMeant(by text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

    /// Where a redirect from here leads; nil for nowhere that may be followed. RFC 3986, section 5
    public func following(_ location: String) -> WebAddress? {
        if let absolute = WebAddress(location) {
            // What began under TLS stays there.
            return scheme == "https" && absolute.scheme == "http" ? nil : absolute
        }
        guard !location.isEmpty, !location.hasPrefix("//"), !location.utf8.contains(where: { $0 <= 0x20 }),
            !location.prefix(while: { !"/?#".contains($0) }).contains(":")
        else { return nil }
        let plain = String(location.prefix { $0 != "#" })
        let here = path.prefix { $0 != "?" }
        if plain.hasPrefix("/") { return WebAddress(scheme: scheme, authority: authority, path: plain) }
        if plain.isEmpty { return self }
        let base = plain.hasPrefix("?") ? String(here) : String(here[...(here.lastIndex(of: "/") ?? here.startIndex)])
        return WebAddress(scheme: scheme, authority: authority, path: base + plain)
    }

    /// The same address with fields at the end of its query.
    public func adding(_ fields: [(String, String)]) -> WebAddress {
        guard !fields.isEmpty else { return self }
        let separator = path.contains("?") ? "&" : "?"
        return WebAddress(scheme: scheme, authority: authority, path: path + separator + Self.form(fields))
    }

    /// Fields as a query or a form has them.
    public static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
    }

    /// A text as a query has it. RFC 3986; a space is `%20`
    public static func escaped(_ text: String) -> String {
        let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(decoding: [byte], as: UTF8.self)
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
        }.joined()
    }

    /// The host without its port.
    public var host: String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether only this machine can answer.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || Self.isLoopbackNumber(host) }

    /// Four numbers, the first of them 127: a name such as `127.example.com` is somebody else's.
    private static func isLoopbackNumber(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether what is sent there is as safe as what is sent to `other`: under TLS, or to the same machine.
    public func isAsSafe(as other: WebAddress) -> Bool {
        scheme == "https" || other.scheme == "http" && host == other.host
    }

    /// The address as it is asked for.
    public var text: String { "\(scheme)://\(authority)\(path)" }
}

extension WebAddress {
    /// The last part of the path with what stands for other bytes replaced; empty if the path ends in a slash.
    public var lastComponent: [UInt8] {
        let plain = path.prefix { $0 != "?" }
        return Self.decoded(plain[(plain.lastIndex(of: "/").map(plain.index(after:)) ?? plain.startIndex)...])
    }

    /// The bytes that a text with `%41` for `A` stands for. RFC 3986, section 2.1
    public static func decoded(_ text: some StringProtocol) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard byte == UInt8(ascii: "%"), digits.utf8.count == 2, !digits.hasPrefix("+"),
                let value = UInt8(digits, radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
