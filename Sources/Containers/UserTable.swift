/// Who a process runs as.
struct UserIdentity: Hashable {
    var user: UInt32
    var group: UInt32
    var groups: [UInt32]
    var home: String
}

/// The users and groups that a container knows: the texts of its own `/etc/passwd` and `/etc/group`.
struct UserTable {
    /// Somebody who is in neither file.
    enum Stranger: Error, Hashable {
        case user(String)
        case group(String)
    }

    private let users: [[Substring]]
    private let groups: [[Substring]]

    init(passwd: String, group: String) {
        users = Self.records(passwd, fields: 7)
        groups = Self.records(group, fields: 4)
    }

    private static func records(_ text: String, fields: Int) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .filter { $0.count >= fields }
    }

    /// Looks up `user[:group]`, names or numbers; an empty text is root.
    ///
    /// A number needs no entry. Without a group it is the user's own, and the groups that list the user come with it.
    /// - Throws: Who is not known, by name or as a number that nobody can have.
    func identity(_ text: String, additional: [String]) throws(Stranger) -> UserIdentity {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        guard let (entry, user) = user(name.isEmpty ? "0" : name) else { throw .user(name) }
        var identity = UserIdentity(
            user: user,
            group: entry.flatMap { Self.number($0[3]) } ?? 0,
            groups: [],
            home: entry.map { String($0[5]) } ?? "/"
        )
        if parts.count == 2, !parts[1].isEmpty {
            identity.group = try group(String(parts[1]))
        } else if let login = entry?[0] {
            identity.groups = groups.filter { $0[3].split(separator: ",").contains(login) }
                .compactMap { Self.number($0[2]) }
        }
        for name in additional { identity.groups.append(try group(name)) }
        if identity.home.isEmpty { identity.home = "/" }
        return identity
    }

    private func user(_ name: String) -> (entry: [Substring]?, number: UInt32)? {
        if let entry = users.first(where: { $0[0] == name }) { return Self.number(entry[2]).map { (entry, $0) } }
        guard let number = Self.number(Substring(name)) else { return nil }
        return (users.first { Self.number($0[2]) == number }, number)
    }

    private func group(_ name: String) throws(Stranger) -> UInt32 {
        let entry = groups.first { $0[0] == name }
        guard let number = Self.number(entry?[2] ?? Substring(name)) else { throw .group(name) }
        return number
    }

    /// Zero to 2³¹-1, digits only: anything else could be taken for root further down.
    private static func number(_ text: Substring) -> UInt32? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt32(text), number < 1 << 31 else {
            return nil
        }
        return number
    }
}
