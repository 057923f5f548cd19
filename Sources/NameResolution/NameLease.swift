/// Who has an address on a network, and what it is called there: the contents of one file of a ``NameTable``.
public struct NameLease: Codable, Hashable, Sendable {
    /// 64 hexadecimal digits.
    public var containerID: String
    /// The container's name.
    public var containerName: String
    /// The namespace that has the address, which may outlive the container.
    public var namespaceID: String
    /// The network's name, the second half of `web.shop_default`.
    public var network: String
    /// Names on this network besides the container's name and short identifier.
    public var aliases: [String]
    /// The interface's hardware address, such as `02:42:ac:12:00:02`.
    public var mac: String

    /// A lease of an address by a container.
    public init(
        containerID: String,
        containerName: String,
        namespaceID: String? = nil,
        network: String,
        aliases: [String],
        mac: String
    ) {
        self.containerID = containerID
        self.containerName = containerName
        self.namespaceID = namespaceID ?? containerID
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
