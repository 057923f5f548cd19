import Linux

/// What a `resolv.conf` says (resolv.conf(5)).
public struct ResolverConfiguration: Hashable, Sendable {
    /// Name servers as IP addresses, in order.
    public var nameServers: [String] = []
    /// Domains that are tried after a name.
    public var search: [String] = []
    /// Options such as `ndots:0`.
    public var options: [String] = []

    /// Whether names need so many dots to be tried as they are: then one without any is meant for a domain of the search list.
    var countsDots: Bool {
        options.contains { $0.hasPrefix("ndots:") && (Int($0.dropFirst("ndots:".count)) ?? 0) > 0 }
    }

    /// A configuration that says nothing.
    public init() {}

    /// Reads a file's text; lines that mean nothing are left out, and later lines of a kind replace earlier ones but for
    /// name servers.
    public init(text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            switch words.first {
            case "nameserver": nameServers += words.dropFirst().prefix(1)
            case "search", "domain": search = Array(words.dropFirst())
            case "options": options = Array(words.dropFirst())
            default: continue
            }
        }
    }

    /// The host's own; one that says nothing if there is none.
    public static func host() -> ResolverConfiguration {
        let bytes = try? ClaimFile.read(at: "/etc/resolv.conf")
        return ResolverConfiguration(text: String(decoding: bytes.flatMap(\.self) ?? [], as: UTF8.self))
    }

    /// The file's text.
    public var text: String {
        var lines = nameServers.map { "nameserver \($0)" }
        if !search.isEmpty { lines.append("search \(search.joined(separator: " "))") }
        if !options.isEmpty { lines.append("options \(options.joined(separator: " "))") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension NetworkAttachment {
    /// The text of the container's `resolv.conf`, from what the user asked for and what the host has.
    ///
    /// On networks with names it leads to the container's own resolver; on the default bridge it leads to the host's
    /// servers, of which those on the host's loopback cannot be reached and are replaced as Docker replaces them.
    public func resolverConfiguration(
        nameServers: [String] = [],
        search: [String] = [],
        options: [String] = [],
        host: ResolverConfiguration = .host()
    ) -> String {
        var configuration = host
        if !search.isEmpty { configuration.search = search == ["."] ? [] : search }
        if !options.isEmpty { configuration.options = options }
        guard names == nil else {
            configuration.nameServers = ["127.0.0.11"]
            if !configuration.options.contains(where: { $0.hasPrefix("ndots:") }) {
                configuration.options.append("ndots:0")
            }
            return configuration.text
        }
        configuration.nameServers = nameServers
        if nameServers.isEmpty {
            configuration.nameServers = host.nameServers.filter { IPAddress($0).map { !$0.isLoopback } ?? false }
        }
        if configuration.nameServers.isEmpty {
            configuration.nameServers = ["8.8.8.8", "8.8.4.4"]
            let hasIPv6 = endpoints.contains { $0.address(.v6) != nil }
            if hasIPv6 { configuration.nameServers += ["2001:4860:4860::8888", "2001:4860:4860::8844"] }
        }
        return configuration.text
    }

    /// The text of the container's `/etc/hosts`.
    ///
    /// - Parameter extraHosts: `name:address` or `name=address`; `host-gateway` stands for what `daemon.json` says, or else
    ///   for the primary network's gateway.
    /// - Throws: ``NetworksError/notAnAddress(_:)`` for an extra host without one.
    public func hosts(
        hostname: String,
        domainname: String = "",
        extraHosts: [String] = []
    ) throws(NetworksError) -> String {
        var lines = Self.fixedHosts
        for extra in extraHosts { lines += try self.lines(forExtraHost: extra) }
        let names = Self.hostNames(hostname, domainname: domainname)
        if !hostname.isEmpty {
            lines += endpoints.flatMap { endpoint in endpoint.addresses.map { "\($0.address)\t\(names)" } }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What a line of `/etc/hosts` says after a container's own address.
    public static func hostNames(_ hostname: String, domainname: String) -> String {
        domainname.isEmpty ? hostname : "\(hostname).\(domainname) \(hostname)"
    }

    private static let fixedHosts = [
        "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::\tip6-localnet",
        "ff00::\tip6-mcastprefix", "ff02::1\tip6-allnodes", "ff02::2\tip6-allrouters",
    ]

    private func lines(forExtraHost text: String) throws(NetworksError) -> [String] {
        guard let cut = text.firstIndex(where: { $0 == "=" || $0 == ":" }), cut != text.startIndex else {
            throw .notAnAddress(text)
        }
        let name = text[..<cut]
        guard !name.contains(where: \.isWhitespace) else { throw .notAnAddress(text) }
        var address = String(text[text.index(after: cut)...])
        if address == "host-gateway" { return try gateways().map { "\($0)\t\(name)" } }
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        guard IPAddress(address) != nil else { throw .notAnAddress(text) }
        return ["\(address)\t\(name)"]
    }

    /// Where the container reaches the host.
    private func gateways() throws(NetworksError) -> [IPAddress] {
        let settled = try NetworkSettings.ofMachine().gateways
        guard settled.isEmpty else { return settled }
        return [mainEndpoint?.addresses.first?.gateway ?? IPAddress(.v4, number: 0x7F00_0001)]
    }
}
