/// Who has an address on a network, and what it is called there: the contents of one file of a ``NameTable``.
public struct NameLease: Hashable, Sendable {
    /// 64 hexadecimal digits.
    public var containerID: String
    /// The container's name.
    public var containerName: String
    /// The network's name, the second half of `web.shop_default`.
    public var network: String
    /// Names on this network besides the container's name and short identifier.
    public var aliases: [String]
    /// The interface's hardware address, such as `02:42:ac:12:00:02`.
    public var mac: String

    /// A lease of an address by a container.
    public init(containerID: String, containerName: String, network: String, aliases: [String], mac: String) {
        self.containerID = containerID
        self.containerName = containerName
        self.network = network
        self.aliases = aliases
        self.mac = mac
    }

    /// Everything it is called, its container's name first.
    public var names: [String] {
        var seen: Set<String> = []
        return ([containerName, String(containerID.prefix(12))] + aliases).filter { seen.insert($0).inserted }
    }
}

extension NameLease {
    /// One fact a line, its kind before it.
    func encoded() -> [UInt8] {
        let facts = [("id", containerID), ("name", containerName), ("network", network), ("mac", mac)]
        let lines = facts + aliases.map { ("alias", $0) }
        return Array(lines.map { "\($0) \($1)\n" }.joined().utf8)
    }

    init?(encoded bytes: [UInt8]) {
        var facts: [Substring: [String]] = [:]
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            facts[parts[0], default: []].append(String(parts[1]))
        }
        guard let id = facts["id"]?.first, let name = facts["name"]?.first, let network = facts["network"]?.first,
            let mac = facts["mac"]?.first
        else { return nil }
        self.init(containerID: id, containerName: name, network: network, aliases: facts["alias"] ?? [], mac: mac)
    }
}
