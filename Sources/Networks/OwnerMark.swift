import Linux
import Storage
import SystemPackage

/// Whose a bridge or a table of rules is, as is written on it, so that what nobody owns any more can be told from what
/// another root is using.
struct OwnerMark: Hashable {
    /// The mount namespace and the root folder in which the path means something.
    let place: String
    /// The folder of the root that owns it.
    let root: FilePath

    private static let word = "tutti"
    /// What fits into a table's comment. A path that was cut would look like one that is gone.
    private static let maximumLength = 127

    /// The mark of a root; nil if its path is too long to be written.
    init?(_ root: StateRoot) {
        guard let place = Self.ownPlace() else { return nil }
        self.place = place
        self.root = root.data
        guard text.utf8.count <= Self.maximumLength else { return nil }
    }

    /// Reads what is written on a bridge or a table; nil if it is no mark of ours.
    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == Self.word, parts[2].hasPrefix("/") else { return nil }
        place = parts[1]
        root = FilePath(parts[2])
    }

    /// What is written.
    var text: String { "\(Self.word) \(place) \(root)" }

    /// Where the paths of this process lead.
    static func ownPlace() -> String? {
        guard let namespace = NameLink.destination(of: "/proc/self/ns/mnt"), let top = try? FileStatus.of("/") else {
            return nil
        }
        return "\(namespace):\(top.device):\(top.inode)"
    }

    /// Whether the root is gone for certain: nobody can know that of a path that leads elsewhere.
    func isGone(seenFrom own: String) throws(SystemError) -> Bool {
        guard place == own else { return false }
        return try FileStatus.of(root) == nil
    }
}

extension HostSockets {
    /// Removes the bridges and rules that roots have left behind which are gone, so that their addresses and names are free
    /// again. A root is left alone while anything is plugged into one of its bridges; who lies upon a VLAN cannot be seen from
    /// here.
    mutating func reclaim() throws {
        guard let place = OwnerMark.ownPlace() else { return }
        let links = try route.links()
        let used = Set(links.compactMap(\.bridge))
        var bridges: [OwnerMark: [Link]] = [:]
        for link in links where ["bridge", "dummy", "vlan"].contains(link.kind) {
            guard let mark = link.alias.flatMap(OwnerMark.init) else { continue }
            bridges[mark, default: []].append(link)
        }
        let tables = try filter.tables(prefix: "tutti-").compactMap { table in
            table.comment.flatMap(OwnerMark.init).map { (mark: $0, table: table) }
        }
        for mark in Set(bridges.keys).union(tables.map(\.mark)) {
            let own = bridges[mark] ?? []
            guard try mark.isGone(seenFrom: place), !own.contains(where: { used.contains($0.index) }) else { continue }
            for entry in tables where entry.mark == mark {
                try filter.deleteTable(entry.table.family, named: entry.table.name)
            }
            for bridge in own { try route.deleteLink(named: bridge.name) }
        }
    }
}
