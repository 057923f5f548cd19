import Glibc
import SystemPackage

/// What `iptables-legacy` has put into the kernel, as far as it concerns us (linux/netfilter_ipv4/ip_tables.h).
enum LegacyFilter {
    private struct Edition {
        let family: Int32
        let level: Int32
        let name: String
        let names: String
        /// Where a rule says how far its target is from its start.
        let targetOffset: Int
    }

    private static let editions = [
        Edition(family: AF_INET, level: Int32(IPPROTO_IP), name: "ip", names: "ip_tables_names", targetOffset: 88),
        Edition(
            family: AF_INET6,
            level: Int32(IPPROTO_IPV6),
            name: "ip6",
            names: "ip6_tables_names",
            targetOffset: 140
        ),
    ]

    private static let table = "filter"
    private static let forwardHook = 2
    /// `IPT_SO_GET_INFO` and `IPT_SO_GET_ENTRIES`, and the sizes of what comes before the rules.
    private static let info: (option: Int32, size: Int) = (64, 84)
    private static let entries: (option: Int32, headSize: Int) = (65, 40)
    /// What a policy to drop says: `-NF_DROP - 1`.
    private static let drops: Int32 = -1

    /// The chains that drop what passes through the host.
    static func forwardBarriers() -> [ForwardBarrier] {
        editions.filter { hasTable($0) && dropsForwarded($0) }
            .map { ForwardBarrier(family: $0.name, table: table, chain: "FORWARD", isLegacy: true) }
    }

    /// Whether somebody has the table: to ask the kernel for one that is not there would make it.
    private static func hasTable(_ edition: Edition) -> Bool {
        guard let names = try? WholeFile.read(FilePath("/proc/thread-self/net/\(edition.names)")) else { return false }
        return names.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(table.utf8) }
    }

    /// Whether the rule at the end of the chain, which is its policy, drops.
    private static func dropsForwarded(_ edition: Edition) -> Bool {
        let socket = Glibc.socket(
            edition.family,
            Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            Int32(IPPROTO_RAW)
        )
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var info = [UInt8](repeating: 0, count: Self.info.size)
        info.replaceSubrange(0..<table.utf8.count, with: table.utf8)
        guard ask(socket, edition.level, Self.info.option, &info) else { return false }
        let policy = Int(info[...].number(at: 56 + forwardHook * 4, as: UInt32.self))
        let size = info[...].number(at: 80, as: UInt32.self)
        var entries = [UInt8](repeating: 0, count: Self.entries.headSize + Int(size))
        entries.replaceSubrange(0..<32, with: info[..<32])
        withUnsafeBytes(of: size) { entries.replaceSubrange(32..<36, with: $0) }
        guard ask(socket, edition.level, Self.entries.option, &entries) else { return false }
        let rule = Self.entries.headSize + policy
        let verdict = rule + Int(entries[...].number(at: rule + edition.targetOffset, as: UInt16.self)) + 32
        return verdict + 4 <= entries.count && entries[...].number(at: verdict, as: Int32.self) == drops
    }

    private static func ask(_ socket: Int32, _ level: Int32, _ option: Int32, _ bytes: inout [UInt8]) -> Bool {
        var length = socklen_t(bytes.count)
        return getsockopt(socket, level, option, &bytes, &length) == 0
    }
}
