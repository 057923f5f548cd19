import JSON
public import SystemPackage

/// The proxies that containers and builds are to know of, as `proxies` in Docker's `config.json` says.
public enum ClientProxies {
    private static let names = [
        ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"), ("ftpProxy", "FTP_PROXY"),
        ("allProxy", "ALL_PROXY"),
    ]

    /// Variables by their names, in upper and in lower case as some programs know only one of them.
    ///
    /// What the file says for one daemon alone is not for us.
    ///
    /// - Throws: ``CredentialsError`` for a file that cannot be read.
    public static func variables(_ file: FilePath) throws(CredentialsError) -> [String: String] {
        let proxies = try ClientConfiguration(file).document["proxies"]?["default"]
        var variables: [String: String] = [:]
        for (key, name) in names {
            guard let value = proxies?[key]?.text, !value.isEmpty else { continue }
            variables[name] = value
            variables[name.lowercased()] = value
        }
        return variables
    }
}
