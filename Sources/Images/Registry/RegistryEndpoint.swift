import HTTP
import Linux
import SystemPackage

/// One way to a registry.
struct RegistryEndpoint: Hashable, Sendable {
    /// Scheme and authority; the path is that of the interface's second version.
    let base: WebAddress
    /// Whom it trusts.
    let trust: HTTPRequest.Trust
    /// Whether it answers for another registry.
    let isMirror: Bool
    /// The name under which credentials for it are kept.
    let credentialsName: String
}

extension RegistrySettings {
    /// The ways to a registry, in the order in which they are tried.
    ///
    /// Docker Hub's mirrors come first, for reading alone. A registry that need not prove who it is, as those on this
    /// machine, is spoken to under TLS if it can, else plainly. One on this machine for which there are certificates has
    /// to be who it says.
    func endpoints(for domain: String, writing: Bool) throws -> [RegistryEndpoint] {
        guard domain == "docker.io" else {
            return try endpoints(domain.lowercased(), credentialsName: domain)
        }
        let hub = try endpoints("registry-1.docker.io", credentialsName: Credentials.hubName)
        return try (writing ? [] : mirrors.compactMap(mirror)) + hub
    }

    private func mirror(_ text: String) throws -> RegistryEndpoint? {
        guard let address = WebAddress(text) else { return nil }
        var trust = try trust(for: address.authority)
        trust.isInsecure = isInsecure(address, hasAuthorities: !trust.authorities.isEmpty)
        let path = address.path.hasSuffix("/") ? address.path : address.path + "/"
        return RegistryEndpoint(
            base: WebAddress(scheme: address.scheme, authority: address.authority, path: "\(path)v2/"),
            trust: trust,
            isMirror: true,
            credentialsName: address.authority
        )
    }

    private func endpoints(_ authority: String, credentialsName: String) throws -> [RegistryEndpoint] {
        var trust = try trust(for: authority)
        let address = WebAddress(scheme: "https", authority: authority, path: "/")
        trust.isInsecure = isInsecure(address, hasAuthorities: !trust.authorities.isEmpty)
        let schemes = trust.isInsecure ? ["https", "http"] : ["https"]
        return schemes.map { scheme in
            RegistryEndpoint(
                base: WebAddress(scheme: scheme, authority: authority, path: "/v2/"),
                trust: trust,
                isMirror: false,
                credentialsName: credentialsName
            )
        }
    }

    private func isInsecure(_ address: WebAddress, hasAuthorities: Bool) -> Bool {
        if insecure.contains(address.authority) || insecure.contains(address.host) { return true }
        if let number = IPAddress(address.host),
            insecure.contains(where: { Subnet($0)?.contains(number) == true })
        {
            return true
        }
        return address.isLoopback && !hasAuthorities
    }

    // MARK: Certificates

    /// What the folders say of a registry: `*.crt` are authorities, `*.cert` and `*.key` our own certificate.
    private func trust(for authority: String) throws -> HTTPRequest.Trust {
        var trust = HTTPRequest.Trust()
        for folder in certificateFolders.map({ $0.appending(authority) }) where Folder.exists(folder) {
            let names = try Folder.names(in: folder).sorted()
            for name in names where name.hasSuffix(".crt") {
                trust.authorities += try WholeFile.read(folder.appending(name)) + [UInt8(ascii: "\n")]
            }
            guard trust.certificate == nil, let name = names.first(where: { $0.hasSuffix(".cert") }) else { continue }
            let key = name.dropLast("cert".count) + "key"
            guard names.contains(String(key)) else {
                throw RegistrySettingsError(place: "\(folder)/\(name)", reason: "its key \(key) is missing")
            }
            trust.certificate = folder.appending(name).string
            trust.key = folder.appending(String(key)).string
        }
        return trust
    }
}
