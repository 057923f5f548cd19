/// The name of an image: where it comes from, which repository, which tag or digest.
///
/// The grammar and the defaults are those of the distribution project's `reference` package, so that a name means here
/// what it means to Docker.
public struct ImageReference: Hashable, Sendable {
    /// The registry, such as `docker.io` or `localhost:5000`.
    public let domain: String
    /// The repository in it, such as `library/nginx`.
    public let path: String
    /// Such as `latest`; nil for a name by digest alone.
    public let tag: String?
    /// Selects the image; a tag beside it is decoration.
    public let digest: Digest?

    /// Reads a name as users write it: `nginx` is `docker.io/library/nginx:latest`.
    public init(parsing text: String) throws(OCIError) {
        var rest = text[...]
        var digest: Digest?
        if let at = rest.lastIndex(of: "@") {
            digest = try Digest(parsing: String(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        let (domain, path) = Self.split(String(rest))
        try self.init(domain: domain, path: path, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest, text)
    }

    private init(
        domain: String,
        path: String,
        tag: String?,
        digest: Digest?,
        _ text: String
    ) throws(OCIError) {
        if let problem = Self.problem(domain: domain, path: path, tag: tag, text) {
            throw .notAReference(text, reason: problem)
        }
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// The same repository with another tag and no digest.
    public func tagged(_ tag: String) throws(OCIError) -> ImageReference {
        try ImageReference(domain: domain, path: path, tag: tag, digest: nil, "\(familiarRepository):\(tag)")
    }

    /// The same repository by digest.
    public func pinned(_ digest: Digest) throws(OCIError) -> ImageReference {
        try ImageReference(domain: domain, path: path, tag: nil, digest: digest, "\(familiarRepository)@\(digest)")
    }

    /// The first part counts as a registry only if it looks like a host.
    private static func split(_ name: String) -> (domain: String, path: String) {
        var domain = "docker.io"
        var path = name
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            let isHost =
                first.contains(".") || first.contains(":") || first == "localhost" || first.lowercased() != first
            if isHost {
                domain = first == "index.docker.io" ? "docker.io" : String(first)
                path = String(name[name.index(after: slash)...])
            }
        }
        if domain == "docker.io", !path.contains("/") { path = "library/" + path }
        return (domain, path)
    }

    // MARK: Forms

    /// Registry and repository, such as `docker.io/library/nginx`.
    public var repository: String { "\(domain)/\(path)" }

    /// The repository as users write it, such as `nginx`.
    public var familiarRepository: String {
        guard domain == "docker.io" else { return repository }
        let prefix = "library/"
        let rest = path.dropFirst(prefix.count)
        return path.hasPrefix(prefix) && !rest.contains("/") ? String(rest) : path
    }

    /// The name as lists show it, such as `nginx:latest`.
    public var familiar: String { familiarRepository + suffix }

    private var suffix: String { (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }
}

extension ImageReference: CustomStringConvertible {
    /// The full form, such as `docker.io/library/nginx:latest`.
    public var description: String { repository + suffix }
}

extension ImageReference: Codable {
    /// Reads the full form or any other.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: String(from: decoder))
    }

    /// Writes the full form.
    public func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
    }
}

// MARK: Grammar

extension ImageReference {
    private static func problem(domain: String, path: String, tag: String?, _ text: String) -> String? {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        if path.utf8.count == 64, Digest.isHexadecimal(path) { return "it has the form of an image id" }
        if path.hasPrefix("library/"), path.utf8.count == 72, Digest.isHexadecimal(path.dropFirst(8)),
            !text.contains("library/")
        {
            return "it has the form of an image id"
        }
        guard !components.contains(where: \.isEmpty) else { return "a part of the name is empty" }
        guard components.allSatisfy({ !hasUpperCase($0) }) else { return "the repository must be in lower case" }
        guard components.allSatisfy(isPathComponent) else { return "the repository has an invalid character" }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else { return "the name is longer than 255 characters" }
        guard isDomain(domain) else { return "the registry is not a host" }
        guard tag.map(isTag) ?? true else { return "the tag is invalid" }
        return nil
    }

    private static func hasUpperCase(_ text: Substring) -> Bool {
        text.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isPathComponent(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
            return false
        }
        return bytes.split(whereSeparator: isLowerOrDigit).allSatisfy { separator in
            let isDashes = separator.allSatisfy { $0 == UInt8(ascii: "-") }
            return isDashes || [".", "_", "__"].contains(String(decoding: separator, as: UTF8.self))
        }
    }

    /// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
    private static func isTag(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...128).contains(bytes.count), bytes[0] != UInt8(ascii: "."), bytes[0] != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            isLowerOrDigit(byte | 0x20) && byte >= UInt8(ascii: "0") || "_.-".utf8.contains(byte)
        }
    }

    /// A host name or `[IPv6]`, with a port or without.
    private static func isDomain(_ text: String) -> Bool {
        var host = text[...]
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            let port = host[host.index(after: colon)...]
            guard let number = UInt16(port), number > 0, port.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") }) else {
                return false
            }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().utf8.allSatisfy { ":.0123456789abcdefABCDEF".utf8.contains($0) }
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLowerOrDigit($0 | 0x20) && $0 >= 0x30 || $0 == UInt8(ascii: "-") }
        }
    }
}
