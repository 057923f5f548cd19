public import HTTP
import JSON
import Linux
import Storage
public import SystemPackage

/// How registries are reached on this machine: what `daemon.json` says of them, in Docker's words.
public struct RegistrySettings: Hashable, Sendable {
    /// Where images of Docker Hub are looked for first, in order.
    public let mirrors: [String]
    /// Registries, as `host[:port]` or as a block of addresses, that need not prove who they are.
    public let insecure: [String]
    /// Folders of `certs.d`: what is in `<host[:port]>/` counts for that registry.
    public let certificateFolders: [FilePath]
    /// Whom registries are reached through, where it is not as the environment says.
    public let proxies: HTTPRequest.Proxies
    /// How many layers come at once.
    public let downloads: Int
    /// How many layers go at once.
    public let uploads: Int
    /// How often something is tried before it is given up.
    public let attempts: Int
    /// After how many seconds a transfer that stands still is given up.
    public let stallTimeout: Int
    /// How long the first pause between two attempts is; each further one is twice as long.
    public let firstPause: Duration

    /// Settings of these parts.
    ///
    /// - Throws: ``RegistrySettingsError`` for a mirror that is not the URL of a registry.
    public init(
        mirrors: [String] = [],
        insecure: [String] = [],
        certificateFolders: [FilePath] = [],
        proxies: HTTPRequest.Proxies = .init(),
        downloads: Int = 3,
        uploads: Int = 5,
        attempts: Int = 5,
        stallTimeout: Int = 60,
        firstPause: Duration = .milliseconds(500)
    ) throws(RegistrySettingsError) {
        for mirror in mirrors {
            guard let address = WebAddress(mirror), !address.path.contains("?"), !mirror.contains("#") else {
                throw RegistrySettingsError(
                    place: "registry-mirrors",
                    reason: "\"\(mirror)\" is not the URL of a registry"
                )
            }
        }
        self.mirrors = mirrors
        self.insecure = insecure.map { $0.lowercased() }
        self.certificateFolders = certificateFolders
        self.proxies = proxies
        self.downloads = max(1, downloads)
        self.uploads = max(1, uploads)
        self.attempts = max(1, attempts)
        self.stallTimeout = stallTimeout
        self.firstPause = firstPause
    }

    /// The same, but that one registry more need not prove who it is.
    public func trusting(_ registry: String) throws(RegistrySettingsError) -> RegistrySettings {
        try RegistrySettings(
            mirrors: mirrors,
            insecure: insecure + [registry],
            certificateFolders: certificateFolders,
            proxies: proxies,
            downloads: downloads,
            uploads: uploads,
            attempts: attempts,
            stallTimeout: stallTimeout,
            firstPause: firstPause
        )
    }

    /// Reads the first `daemon.json` there is; certificates count from every folder.
    public static func ofMachine() throws -> RegistrySettings {
        try read(from: DaemonFile.folders)
    }

    /// Reads the first `daemon.json` in these folders. What it says of other things is not looked at.
    public static func read(from folders: [FilePath]) throws -> RegistrySettings {
        let certificates = folders.map { $0.appending("certs.d") }
        guard let (path, bytes) = try DaemonFile.read(from: folders) else {
            return try RegistrySettings(certificateFolders: certificates)
        }
        do {
            return try JSON.decode(File.self, from: bytes).settings(certificates)
        } catch let error as RegistrySettingsError {
            throw RegistrySettingsError(place: "\(path): \(error.place)", reason: error.reason)
        } catch {
            throw RegistrySettingsError(place: path.string, reason: "\(error)")
        }
    }

    private struct File: Decodable {
        let mirrors: [String]?
        let insecure: [String]?
        let downloads: Int?
        let uploads: Int?
        let attempts: Int?
        let proxies: Proxies?

        struct Proxies: Decodable {
            let http: String?
            let https: String?
            let excluded: String?

            enum CodingKeys: String, CodingKey {
                case http = "http-proxy"
                case https = "https-proxy"
                case excluded = "no-proxy"
            }
        }

        enum CodingKeys: String, CodingKey {
            case proxies
            case mirrors = "registry-mirrors"
            case insecure = "insecure-registries"
            case downloads = "max-concurrent-downloads"
            case uploads = "max-concurrent-uploads"
            case attempts = "max-download-attempts"
        }

        func settings(_ certificates: [FilePath]) throws(RegistrySettingsError) -> RegistrySettings {
            try RegistrySettings(
                mirrors: mirrors ?? [],
                insecure: insecure ?? [],
                certificateFolders: certificates,
                proxies: .init(http: proxies?.http, https: proxies?.https, excluded: proxies?.excluded),
                downloads: downloads ?? 3,
                uploads: uploads ?? 5,
                attempts: attempts ?? 5
            )
        }
    }
}

/// What is wrong with the settings of registries.
public struct RegistrySettingsError: Error, Hashable, Sendable {
    /// The file, or what in it.
    public let place: String
    /// What is wrong there.
    public let reason: String
}

extension RegistrySettingsError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String { "\(place): \(reason)" }
}
