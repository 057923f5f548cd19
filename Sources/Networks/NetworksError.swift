public import Linux

/// Why a network cannot be made, used or removed.
public enum NetworksError: Error, Hashable, Sendable {
    /// Who has what somebody wanted.
    public enum Holder: Hashable, Sendable {
        case container(String)
        case process(name: String, pid: Int32)
        case unknown
    }

    case invalidName(String)
    case alreadyExists(String)
    case notFound(String)
    case ambiguous(String)
    case predefined(String)
    case hasActiveEndpoints(String, containers: [String])
    case unsupportedDriver(String)
    case badOption(String, String)
    case onlyInternal(String)
    case notASubnet(String)
    case notAnAddress(String)
    case notOfFamily(IPAddress, IPAddress.Family)
    case notAHardwareAddress(String)
    case outside(String, Subnet)
    case overlaps(Subnet, network: String)
    case noFreeSubnet
    case noFreeAddress(of: IPAddress.Family, network: String)
    case overlapsItself(Subnet)
    case noFamily
    case badSettings(String, reason: String)
    case notConfigured(IPAddress, network: String)
    case notFixed(network: String)
    case addressTaken(IPAddress, network: String, by: Holder)
    case noAddresses(of: IPAddress.Family, network: String)
    case cannotJoin(network: String)
    case portTaken(HostPort, by: Holder)
    case noFreePort(ClosedRange<UInt16>)
    case damagedRecord(String)
    case noNamespace(String)
    case oneSubnetOnly(IPAddress.Family)
    case noSubnet(for: String, network: String)
    case unsupportedAddressManager(String)
    case noParent(String)
    case parentTaken(String, network: String)
    /// Another root made it, and would take it away with its own last network.
    case parentElsewhere(String, root: String)
    case noHardwareAddress(network: String)
}

extension NetworksError: CustomStringConvertible {
    /// One line, in Docker's words where scripts look for them.
    public var description: String {
        switch self {
        case .invalidName(let name):
            "network name \"\(name)\": only [a-zA-Z0-9][a-zA-Z0-9_.-]* are allowed"
        case .alreadyExists(let name): "network with name \(name) already exists"
        case .notFound(let name): "network \(name) not found"
        case .ambiguous(let name): "network \(name) is ambiguous: several identifiers begin like this"
        case .predefined(let name): "\(name) is a pre-defined network and cannot be created or removed"
        case .hasActiveEndpoints(let name, let containers):
            "network \(name) has active endpoints: \(containers.joined(separator: ", "))"
        case .unsupportedDriver(let driver):
            "network driver \"\(driver)\" is not supported: only bridge, ipvlan and macvlan are"
        case .badOption(let option, let value): "network option \(option): \"\(value)\" is not a value for it"
        case .onlyInternal(let option):
            "network option \(option): gateway mode 'isolated' can only be used for an internal network"
        case .notASubnet(let text): "\"\(text)\" is not a subnet such as 172.28.0.0/16"
        case .notAnAddress(let text): "\"\(text)\" is not an IP address"
        case .notOfFamily(let address, let family): "invalid IPv\(family == .v4 ? 4 : 6) address: \(address)"
        case .notAHardwareAddress(let text): "\"\(text)\" is not a MAC address"
        case .outside(let text, let subnet): "\(text) lies outside of \(subnet)"
        default: contention
        }
    }

    /// The same for what somebody else has, or what has run out.
    private var contention: String {
        switch self {
        case .overlaps(let subnet, let network):
            "subnet \(subnet): Pool overlaps with other one on this address space: network \(network)"
        case .noFreeSubnet:
            "could not find an available, non-overlapping address pool among the defaults to assign to the network"
        case .noFreeAddress(let family, let network):
            "no available \(Self.name(family)) addresses on this network's address pools: \(network)"
        case .addressTaken(let address, let network, let holder):
            "network \(network): Address already in use: \(address) is held by \(holder)"
        case .noAddresses(let family, let network):
            "network \(network) has no \(Self.name(family)) addresses"
        case .cannotJoin(let network): "network \(network) cannot be joined along with others"
        case .portTaken(let port, let holder):
            "Bind for \(Self.place(port)) failed: port is already allocated: "
                + "port \(port.number)/\(port.transport) on \(port.address) is already held by \(holder)"
        case .noFreePort(let ports):
            "all ports of \(ports.lowerBound)-\(ports.upperBound) are already allocated"
        case .damagedRecord(let path): "\(path): not a network's record"
        case .noNamespace(let container): "container \(container) has no network namespace at present"
        default: shape
        }
    }

    /// The same for what no network can be, and no endpoint.
    private var shape: String {
        switch self {
        case .overlapsItself(let subnet):
            "subnet \(subnet): multiple overlapping subnet configuration is not supported"
        case .badSettings(let place, let reason): "\(place): \(reason)"
        case .noFamily: "IPv4 or IPv6 must be enabled"
        case .notConfigured(let address, let network):
            "network \(network): no configured subnet contains IP address \(address)"
        case .notFixed(let network):
            "network \(network): user specified IP address is supported only when connecting to networks with user "
                + "configured subnets"
        case .noSubnet(let text, let network): "network \(network): no matching subnet for \(text)"
        case .unsupportedAddressManager(let driver):
            "could not resolve IPAM driver \"\(driver)\": only default is there"
        case .oneSubnetOnly(let family):
            "bridge driver doesn't support multiple subnets: more than one is \(Self.name(family))"
        case .noParent(let name):
            "network option parent: there is no interface \(name), nor is it a VLAN of one such as eth0.10"
        case .parentTaken(let parent, let network): "network \(network) is already using parent interface \(parent)"
        case .parentElsewhere(let parent, let root):
            "network option parent: \(parent) belongs to the networks below \(root)"
        case .noHardwareAddress(let network):
            "network \(network): ipvlan interfaces do not support custom mac address assignment"
        default: "network: unknown error"
        }
    }

    private static func name(_ family: IPAddress.Family) -> String { family == .v4 ? "IPv4" : "IPv6" }

    private static func place(_ port: HostPort) -> String {
        port.address.family == .v4 ? "\(port.address):\(port.number)" : "[\(port.address)]:\(port.number)"
    }
}

extension NetworksError.Holder: CustomStringConvertible {
    /// Who it is.
    public var description: String {
        switch self {
        case .container(let name): "container \(name)"
        case .process(let name, let pid): "process \(name) (pid \(pid))"
        case .unknown: "another process"
        }
    }
}
