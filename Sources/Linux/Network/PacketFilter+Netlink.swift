/// Numbers of nfnetlink's and nftables' messages and attributes (linux/netfilter/nf_tables.h).
private enum FilterNumber {
    static let batchBegin: UInt16 = 16
    static let batchEnd: UInt16 = 17
    /// The part of nfnetlink that nftables is, in the upper half of a message's type.
    static let subsystem: UInt16 = 10
    static let newTable: UInt16 = 0
    static let getTable: UInt16 = 1
    static let deleteTable: UInt16 = 2
    static let newChain: UInt16 = 3
    static let getChain: UInt16 = 4
    static let newRule: UInt16 = 6
}

extension NetlinkMessage {
    /// A message to nftables, or (with the kind of a batch's edge) to nfnetlink; numbers in bodies are big-endian.
    private static func filter(
        _ name: String,
        on table: FilterTable?,
        type: UInt16,
        flags: UInt16 = 0,
        _ build: (inout NetlinkBody) -> Void
    ) -> NetlinkMessage {
        var body = NetlinkBody()
        body.append(table?.family.rawValue ?? 0)
        body.append(UInt8(0))
        let isEdge = type == FilterNumber.batchBegin || type == FilterNumber.batchEnd
        body.append((isEdge ? FilterNumber.subsystem : 0).bigEndian)
        build(&body)
        let kind = isEdge ? type : FilterNumber.subsystem << 8 | type
        return NetlinkMessage(name, on: table?.name, type: kind, flags: flags, body: body)
    }

    fileprivate static let batchBegin = filter("begin rules", on: nil, type: FilterNumber.batchBegin) { _ in }
    fileprivate static let batchEnd = filter("end rules", on: nil, type: FilterNumber.batchEnd) { _ in }

    fileprivate static func create(_ table: FilterTable) -> NetlinkMessage {
        filter("create table", on: table, type: FilterNumber.newTable, flags: Flag.create | Flag.exclusive) {
            $0.attribute(1, table.name)
            if let comment = table.comment { $0.attribute(6, FilterComment.encoded(comment)) }
        }
    }

    fileprivate static func delete(_ table: FilterTable) -> NetlinkMessage {
        filter("delete table", on: table, type: FilterNumber.deleteTable) { $0.attribute(1, table.name) }
    }

    fileprivate static func find(_ table: FilterTable) -> NetlinkMessage {
        filter("find table", on: table, type: FilterNumber.getTable) { $0.attribute(1, table.name) }
    }

    fileprivate static let tables = filter("list tables", on: nil, type: FilterNumber.getTable) { _ in }

    fileprivate static let chains = filter("list chains", on: nil, type: FilterNumber.getChain) { _ in }

    fileprivate static func create(_ chain: FilterChain, in table: FilterTable) -> NetlinkMessage {
        let facts = chain.place.facts
        return filter("create chain", on: table, type: FilterNumber.newChain, flags: Flag.create) { body in
            body.attribute(1, table.name)
            body.attribute(3, facts.name)
            body.nest(4) { hook in
                hook.attribute(1, facts.hook.bigEndian)
                hook.attribute(2, facts.priority.bigEndian)
            }
            body.attribute(7, facts.type)
        }
    }

    fileprivate static func add(_ rule: [FilterExpression], to chain: FilterChain, in table: FilterTable)
        -> NetlinkMessage
    {
        filter("add rule", on: table, type: FilterNumber.newRule, flags: Flag.create | Flag.append) { body in
            body.attribute(1, table.name)
            body.attribute(2, chain.place.facts.name)
            body.nest(4) { expressions in
                for instruction in rule.flatMap(\.instructions) {
                    expressions.nest(1) { element in
                        element.attribute(1, instruction.name)
                        element.attribute(2 | 0x8000, instruction.body.bytes)
                    }
                }
            }
        }
    }
}

extension NetlinkSocket {
    /// Makes a table with all its chains and rules, or nothing at all.
    ///
    /// A table of the name that is there already is an error (`EEXIST`).
    public mutating func create(_ table: FilterTable) throws(SystemError) {
        var messages: [NetlinkMessage] = [.batchBegin, .create(table)]
        for chain in table.chains {
            messages.append(.create(chain, in: table))
            messages += chain.rules.map { .add($0, to: chain, in: table) }
        }
        messages.append(.batchEnd)
        try performAsOne(messages, confirming: messages.count - 2)
    }

    /// Deletes a table with all that it holds. Not an error if there is none.
    public mutating func deleteTable(_ family: FilterTable.Family, named name: String) throws(SystemError) {
        let table = FilterTable(family, name: name, chains: [])
        do {
            try performAsOne([.batchBegin, .delete(table), .batchEnd], confirming: 1)
            hasDeletedRules = true
        } catch {
            guard error.errno != .noSuchFileOrDirectory else { return }
            throw error
        }
    }

    /// Whether there is a table of the name.
    public mutating func hasTable(_ family: FilterTable.Family, named name: String) throws(SystemError) -> Bool {
        let table = FilterTable(family, name: name, chains: [])
        return try ask(.find(table), absent: [.noSuchFileOrDirectory]) != nil
    }

    /// The tables whose names begin like this, with their comments, but without what they hold.
    public mutating func tables(prefix: String) throws(SystemError) -> [FilterTable] {
        try dump(.tables).compactMap { reply in
            let attributes = reply.attributes(after: 4)
            guard let family = FilterTable.Family(rawValue: reply.body.number(at: 0, as: UInt8.self)),
                let name = attributes[1]?.text, name.hasPrefix(prefix)
            else { return nil }
            return FilterTable(family, name: name, chains: [], comment: attributes[6].flatMap(FilterComment.text))
        }
    }
}

/// A chain, of whomever, that drops what passes through the host unless one of its rules accepts it.
public struct ForwardBarrier: Hashable, Sendable {
    /// `ip`, `ip6` or `inet`.
    public let family: String
    /// The table's name.
    public let table: String
    /// The chain's name.
    public let chain: String
    /// Whether it is one of `iptables-legacy`, which `nft` knows nothing of.
    public let isLegacy: Bool

    init(family: String, table: String, chain: String, isLegacy: Bool) {
        self.family = family
        self.table = table
        self.chain = chain
        self.isLegacy = isLegacy
    }

    /// Whether packets of a protocol meet it.
    public func concerns(_ family: IPAddress.Family) -> Bool {
        self.family == "inet" || self.family == (family == .v4 ? "ip" : "ip6")
    }

    private static let families: [UInt8: String] = [1: "inet", 2: "ip", 10: "ip6"]

    /// What a chain is, if it is one of those: at the hook for what passes through (2), with the policy to drop (0).
    fileprivate init?(_ reply: NetlinkReply) {
        let attributes = reply.attributes(after: 4)
        guard let family = Self.families[reply.body.number(at: 0, as: UInt8.self)],
            let hook = attributes[4]?.attributes[1], UInt32(bigEndian: hook.number(at: 0, as: UInt32.self)) == 2,
            let policy = attributes[5], UInt32(bigEndian: policy.number(at: 0, as: UInt32.self)) == 0
        else { return nil }
        self.init(
            family: family,
            table: attributes[1]?.text ?? "",
            chain: attributes[3]?.text ?? "",
            isLegacy: false
        )
    }
}

extension NetlinkSocket {
    /// The chains that drop what passes through the host.
    public mutating func forwardBarriers() throws(SystemError) -> [ForwardBarrier] {
        try dump(.chains).compactMap(ForwardBarrier.init) + LegacyFilter.forwardBarriers()
    }
}

/// A table's comment as `nft` keeps it among the user's data: a type (0), a length, and text with a zero byte after it.
private enum FilterComment {
    static func encoded(_ text: String) -> [UInt8] {
        let bytes = text.utf8.prefix(127) + [0]
        return [0, UInt8(bytes.count)] + bytes
    }

    static func text(in data: ArraySlice<UInt8>) -> String? {
        var rest = data
        while let type = rest.popFirst(), let length = rest.popFirst() {
            let value = rest.prefix(Int(length))
            guard type != 0 else { return value.text }
            rest = rest.dropFirst(Int(length))
        }
        return nil
    }
}
