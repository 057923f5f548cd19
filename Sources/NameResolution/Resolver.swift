public import Linux

/// Answers questions about the containers on some networks.
///
/// It does no input or output besides reading its tables, and those only after they have changed.
public struct Resolver: Sendable {
    /// What to do about a packet.
    public enum Decision: Hashable, Sendable {
        /// Send these bytes back.
        case answer([UInt8])
        /// Ask the name servers outside: the name is none of ours.
        case forward
        /// Say nothing: it is not a question.
        case refuse
    }

    private var tables: [CachedTable]
    private let canForward: Bool
    private let keepsShortNames: Bool
    private let links: [String: String]

    /// Answers from these tables, in order of preference. Without a way to `forward`, what they do not know is an error
    /// of the server (SERVFAIL), so that nothing gets out of internal networks.
    ///
    /// - Parameters:
    ///   - keepsShortNames: whether addresses of names without a dot are asked of nobody outside.
    ///   - links: what the asker alone calls others, with the names that the tables know them by.
    public init(
        tables: [NameTable],
        forwards canForward: Bool,
        keepsShortNames: Bool = false,
        links: [String: String] = [:]
    ) {
        self.links = Dictionary(links.map { (CachedTable.key($0), CachedTable.key($1)) }) { first, _ in first }
        self.tables = tables.map(CachedTable.init)
        self.canForward = canForward
        self.keepsShortNames = keepsShortNames
    }

    /// Decides about one packet. The addresses of a name are shuffled for each answer.
    public mutating func decide(_ packet: [UInt8], over transport: DNSTransport) throws(SystemError) -> Decision {
        guard let query = DNSQuery(packet: packet) else { return .refuse }
        guard query.operation == 0 else { return .answer(query.answer(.notImplemented)) }
        for place in tables.indices { try tables[place].refresh() }
        guard query.classNumber == 1, let records = records(for: query) else {
            let isShort = (query.type == .a || query.type == .aaaa) && !query.name.contains(".")
            if isShort, keepsShortNames, canForward { return .answer(query.answer(records: [], over: transport)) }
            return canForward ? .forward : .answer(query.answer(.serverFailure))
        }
        return .answer(query.answer(records: records, over: transport))
    }

    /// What the tables know; nil if they do not know the name.
    private func records(for query: DNSQuery) -> [[UInt8]]? {
        if let address = Self.address(reversed: query.name) {
            let names = tables.compactMap { $0.names[address] }
            guard let name = names.first else { return nil }
            return query.type == .ptr ? [name].compactMap(DNSName.encoded) : []
        }
        let name = links[query.name] ?? query.name
        let addresses = tables.flatMap { $0.addresses[name] ?? [] }
        guard !addresses.isEmpty else { return nil }
        switch query.type {
        case .a: return addresses.filter { $0.family == .v4 }.shuffled().map(\.bytes)
        case .aaaa: return addresses.filter { $0.family == .v6 }.shuffled().map(\.bytes)
        default: return []
        }
    }

    /// The address that a name such as `2.0.18.172.in-addr.arpa` stands for (RFC 1035, section 3.5; RFC 3596, section 2.5).
    static func address(reversed name: String) -> IPAddress? {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 2, labels.last == "arpa" else { return nil }
        let parts = labels.dropLast(2).reversed()
        switch (labels[labels.count - 2], parts.count) {
        case ("in-addr", 4): return IPAddress(parts.joined(separator: "."))
        case ("ip6", 32):
            let digits = parts.compactMap { $0.count == 1 ? UInt8($0, radix: 16) : nil }
            guard digits.count == 32 else { return nil }
            return IPAddress(.v6, number: digits.reduce(0) { $0 << 4 | UInt128($1) })
        default: return nil
        }
    }
}

/// A table as it was when its folder last changed.
struct CachedTable: Sendable {
    private let table: NameTable
    private var readAt: Int64?
    private var stamp: Int64?
    /// The addresses of each name, in lower case, with and without the network's name after it.
    private(set) var addresses: [String: [IPAddress]] = [:]
    /// The name that each address has first, with the network's after it.
    private(set) var names: [IPAddress: String] = [:]

    init(_ table: NameTable) {
        self.table = table
    }

    /// A file made in the same tick of the kernel's clock as an earlier one leaves the folder's time as it was,
    /// so a reading that close to the last change is not trusted twice.
    private static let tick: Int64 = 20_000_000

    mutating func refresh() throws(SystemError) {
        let change = ClaimFile.lastChange(in: table.folder)
        if let change, let readAt, change == stamp, readAt - change > Self.tick { return }
        readAt = ClaimFile.now
        stamp = change
        addresses = [:]
        names = [:]
        for (address, lease) in try table.leases() {
            for name in Set(lease.names.map(Self.key)) {
                addresses[name, default: []].append(address)
                addresses["\(name).\(Self.key(lease.network))", default: []].append(address)
            }
            names[address] = "\(lease.containerName).\(lease.network)"
        }
    }

    static func key(_ name: String) -> String {
        String(decoding: name.utf8.map(DNSReader.lowercased), as: UTF8.self)
    }
}
