import JSON
import Linux
public import SystemPackage

/// Who one is at registries: what `docker login` has left in `config.json`.
public struct Credentials: Sendable {
    /// How one proves who one is.
    enum Proof: Hashable, Sendable {
        case password(user: String, password: String)
        /// A token that stands for the user, to be exchanged for others.
        case identityToken(String)
    }

    private let proofs: [String: Proof]

    /// Nobody in particular.
    public static let anonymous = Credentials(proofs: [:])

    private init(proofs: [String: Proof]) {
        self.proofs = proofs
    }

    /// Reads what Docker's configuration says: `DOCKER_AUTH_CONFIG`, else `config.json` in `DOCKER_CONFIG` or `~/.docker`.
    ///
    /// A file that is missing or unreadable says nothing.
    public static func ofEnvironment() -> Credentials {
        let environment = (try? WholeFile.read("/proc/self/environ", limit: 32 << 20)) ?? []
        var variables: [String: String] = [:]
        for entry in environment.split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        if let text = variables["DOCKER_AUTH_CONFIG"] { return Credentials(configuration: Array(text.utf8)) }
        let folder = variables["DOCKER_CONFIG"] ?? variables["HOME"].map { $0 + "/.docker" } ?? "/root/.docker"
        return Credentials(file: FilePath(folder).appending("config.json"))
    }

    /// Reads a `config.json`.
    public init(file: FilePath) {
        self.init(configuration: (try? WholeFile.read(file)) ?? [])
    }

    private init(configuration bytes: [UInt8]) {
        var proofs: [String: Proof] = [:]
        let auths = try? JSONValue(parsing: bytes)["auths"]
        if case .object(let members)? = auths {
            for member in members { proofs[Self.host(member.name)] = Self.proof(member.value) }
        }
        self.proofs = proofs
    }

    /// The proof for a registry; nil is anonymous.
    func proof(for domain: String) -> Proof? {
        proofs[domain == "docker.io" ? "index.docker.io" : domain]
    }

    /// Older entries are addresses, such as Docker Hub's `https://index.docker.io/v1/`.
    private static func host(_ name: String) -> String {
        WebAddress(name)?.authority ?? String(name.prefix { $0 != "/" })
    }

    private static func proof(_ entry: JSONValue) -> Proof? {
        if let token = entry["identitytoken"]?.text, !token.isEmpty { return .identityToken(token) }
        guard let auth = entry["auth"]?.text, let bytes = Base64.decode(auth),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return .password(
            user: String(decoding: bytes[..<colon], as: UTF8.self),
            password: String(decoding: bytes[(colon + 1)...].filter { $0 != 0 }, as: UTF8.self)
        )
    }
}

/// RFC 4648
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
            let value = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            let digits = [18, 12, 6, 0].map { alphabet[value >> $0 & 63] }
            text += digits.prefix(group.count + 1)
            text += [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for a text that is not of this alphabet.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var value = 0
        var bits = 0
        for digit in text.utf8 where digit != UInt8(ascii: "=") && digit > 0x20 {
            guard let number = alphabet.firstIndex(of: digit) else { return nil }
            value = (value << 6 | number) & 0xffffff
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> bits))
        }
        return bytes
    }
}
