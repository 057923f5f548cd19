/// A table of rules in the kernel's packet filter (nftables), with all that it holds.
///
/// Deleting the table undoes everything in it.
public struct FilterTable: Hashable, Sendable {
    /// Which packets a table sees.
    public enum Family: UInt8, Hashable, Sendable {
        /// Those of both Internet protocols.
        case inet = 1
        /// Those of version 4.
        case ip = 2

        /// The family's name as `nft` spells it.
        public var name: String { self == .inet ? "inet" : "ip" }

        /// The family of a name; nil if it is neither `inet` nor `ip`.
        public init?(name: String) {
            guard let family = [Family.inet, .ip].first(where: { $0.name == name }) else { return nil }
            self = family
        }
    }

    /// Which packets it sees.
    public var family: Family
    /// Its name, unique within the family.
    public var name: String
    /// Its rules, by where packets meet them.
    public var chains: [FilterChain]
    /// What whoever made it wrote on it, at most 127 bytes.
    public var comment: String?

    /// A table with these chains.
    public init(_ family: Family = .inet, name: String, chains: [FilterChain], comment: String? = nil) {
        self.family = family
        self.name = name
        self.chains = chains
        self.comment = comment
    }
}

/// Rules that packets meet at one place on their way; a packet that no rule decides about goes on.
public struct FilterChain: Hashable, Sendable {
    /// Where packets meet the rules, and what rules may do there.
    public enum Place: Hashable, Sendable {
        /// Packets on arrival, before it is settled where they go: where destinations are rewritten.
        case arrival
        /// Packets of this host's own, before it is settled where they go.
        case departure
        /// Packets about to leave, where sources are rewritten.
        case exit
        /// Packets that pass through from one interface to another, before those rules that may drop them.
        case permission
        /// Packets that pass through from one interface to another, which may be dropped.
        case passage

        var facts: (name: String, type: String, hook: UInt32, priority: Int32) {
            switch self {
            case .arrival: ("arrival", "nat", 0, -100)
            case .departure: ("departure", "nat", 3, -100)
            case .exit: ("exit", "nat", 4, 100)
            case .permission: ("permission", "filter", 2, -1)
            case .passage: ("passage", "filter", 2, 0)
            }
        }
    }

    /// Where they are met.
    public var place: Place
    /// In order: each a list of tests, and last what is done with packets that pass them all.
    public var rules: [[FilterExpression]]

    /// A chain of rules.
    public init(_ place: Place, _ rules: [[FilterExpression]]) {
        self.place = place
        self.rules = rules
    }
}

/// A part of a rule: a test that the packet must pass, or what is done with it.
public enum FilterExpression: Hashable, Sendable {
    // Tests.

    /// Whether it belongs to the protocol.
    case family(IPAddress.Family)
    /// Whether it came by an interface of that name, or did not.
    case arrivedBy(String, Bool = true)
    /// Whether it leaves by an interface of that name, or does not.
    case leavesBy(String, Bool = true)
    /// Whether its source lies in a block, or does not. It must be known to belong to the block's family.
    case source(Subnet, Bool = true)
    /// Whether its destination lies in a block, or does not. It must be known to belong to the block's family.
    case destination(Subnet, Bool = true)
    /// Whether its destination is one of this host's own addresses.
    case destinationIsLocal
    /// Whether it goes to a port.
    case port(TransportProtocol, UInt16)
    /// Whether it belongs to a connection that was let through before, or to an error about one.
    case isEstablished
    /// Whether its connection had its destination rewritten.
    case isRedirected
    /// Whether it is of the protocol in which hosts tell each other of reachability and errors.
    case isControlMessage(IPAddress.Family)
    /// Whether a rule before this one has said ``allow``.
    case isAllowed

    // What is done.

    /// It gets a mark that a later chain knows by ``isAllowed``: what one chain accepts another may still drop.
    case allow
    case accept
    case drop
    /// The source becomes the address of the interface it leaves by.
    case masquerade
    /// The source becomes this.
    case translateSource(IPAddress)
    /// The destination becomes this.
    case redirect(IPAddress, port: UInt16)
}
