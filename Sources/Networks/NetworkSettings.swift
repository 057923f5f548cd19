import JSON
import Linux
import Storage
import SystemPackage

/// What `daemon.json` says of networks, in Docker's words.
struct NetworkSettings: Hashable {
    /// Blocks to cut the subnets from of networks that ask for none.
    private(set) var pools: [Pool] = []
    /// What `host-gateway` stands for; the host's address on the container's network if there are none.
    private(set) var gateways: [IPAddress] = []

    /// One of `default-address-pools`.
    struct Pool: Hashable {
        /// What is cut.
        let base: Subnet
        /// The prefix length of the parts.
        let size: Int
    }

    private struct File: Decodable {
        struct Pool: Decodable {
            let base: String
            let size: Int
        }

        let pools: [Pool]?
        let gateways: [String]?
        let gateway: String?

        enum CodingKeys: String, CodingKey {
            case pools = "default-address-pools"
            case gateways = "host-gateway-ips"
            case gateway = "host-gateway-ip"
        }
    }

    /// Reads the first `daemon.json` there is. What it says of other things is not looked at.
    static func ofMachine() throws(NetworksError) -> NetworkSettings {
        try read(from: DaemonFile.folders)
    }

    /// Reads the first `daemon.json` in these folders.
    static func read(from folders: [FilePath]) throws(NetworksError) -> NetworkSettings {
        var place = "daemon.json"
        do {
            guard let (path, bytes) = try DaemonFile.read(from: folders) else { return NetworkSettings() }
            place = path.string
            return try NetworkSettings(JSON.decode(File.self, from: bytes), place)
        } catch let error as NetworksError {
            throw error
        } catch {
            throw .badSettings(place, reason: "\(error)")
        }
    }

    private init() {}

    private init(_ file: File, _ place: String) throws(NetworksError) {
        for pool in file.pools ?? [] {
            guard let base = Subnet(pool.base), (base.prefixLength...base.family.width).contains(pool.size) else {
                throw .badSettings(
                    "\(place): default-address-pools",
                    reason: "invalid pool size or base: \(pool.base) in parts of /\(pool.size)"
                )
            }
            pools.append(Pool(base: base, size: pool.size))
        }
        for text in file.gateways ?? file.gateway.map({ [$0] }) ?? [] {
            guard let address = IPAddress(text) else {
                throw .badSettings("\(place): host-gateway-ips", reason: "\"\(text)\" is not an IP address")
            }
            gateways.append(address)
        }
    }
}
