/// The accounts that a tree knows: its `/etc/passwd` and `/etc/group`.
struct AccountTable: Sendable {
    private let users: [String: (uid: UInt32, gid: UInt32)]
    private let groups: [String: UInt32]

    /// Reads both files; an absent one is empty.
    init(passwd: [UInt8], group: [UInt8]) {
        var users: [String: (uid: UInt32, gid: UInt32)] = [:]
        for fields in Self.lines(passwd) where fields.count >= 4 {
            guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]), users[fields[0]] == nil else { continue }
            users[fields[0]] = (uid, gid)
        }
        var groups: [String: UInt32] = [:]
        for fields in Self.lines(group) where fields.count >= 3 {
            guard let gid = UInt32(fields[2]), groups[fields[0]] == nil else { continue }
            groups[fields[0]] = gid
        }
        self.users = users
        self.groups = groups
    }

    /// Who `--chown=[user][:group]` means. A number alone is the group's number too, and a name has the user's own group.
    func owner(_ text: String) throws -> Owner {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let user = parts.first, !text.allSatisfy({ $0 == ":" }) else { throw BuilderError(.badOwner(text)) }
        let uid = user.isEmpty ? 0 : try uid(user)
        guard parts.count == 2, !parts[1].isEmpty else {
            return Owner(uid: uid, gid: UInt32(user) ?? users[user]?.gid ?? uid)
        }
        return Owner(uid: uid, gid: try gid(parts[1]))
    }

    /// Who `USER` means: what it makes, it owns. Without a group it is the user's own.
    func user(_ text: String) throws -> Owner {
        guard !text.isEmpty else { return .root }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let uid = try uid(parts[0])
        if parts.count == 2 { return Owner(uid: uid, gid: try gid(parts[1])) }
        return Owner(uid: uid, gid: users[parts[0]]?.gid ?? users.values.first { $0.uid == uid }?.gid ?? 0)
    }

    private func uid(_ text: String) throws -> UInt32 {
        if let number = UInt32(text) { return number }
        guard let user = users[text] else { throw BuilderError(.unknownUser(text)) }
        return user.uid
    }

    private func gid(_ text: String) throws -> UInt32 {
        if let number = UInt32(text) { return number }
        guard let gid = groups[text] else { throw BuilderError(.unknownGroup(text)) }
        return gid
    }

    private static func lines(_ bytes: [UInt8]) -> [[String]] {
        bytes.split(separator: 0x0A).prefix(100_000).map { line in
            line.split(separator: 0x3A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// To whom a file belongs.
struct Owner: Hashable, Sendable {
    var uid: UInt32
    var gid: UInt32

    static let root = Owner(uid: 0, gid: 0)
}
