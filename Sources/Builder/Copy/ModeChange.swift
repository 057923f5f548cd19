/// What `--chmod` asks for: `0755`, or `u=rwX,go-w`.
struct ModeChange: Hashable, Sendable {
    fileprivate struct Clause: Hashable {
        /// Which thirds of the mode it is about, as a mask such as `0o700`.
        let who: UInt32
        let operation: Character
        let permissions: String
    }

    private let absolute: UInt32?
    fileprivate let clauses: [Clause]
    /// The same text for what is the same change.
    let description: String

    init(parsing text: String) throws {
        if let mode = UInt32(text, radix: 8) {
            guard mode <= 0o7777, !text.hasPrefix("+") else { throw BuilderError(.badMode(text)) }
            absolute = mode
            clauses = []
            description = String(mode, radix: 8)
            return
        }
        absolute = nil
        description = text
        clauses = try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { clause in
            guard let clauses = Self.clauses(clause) else { throw BuilderError(.badMode(text)) }
            return clauses
        }
    }

    /// The permissions after the change, of 12 bits.
    func apply(to mode: UInt32, isFolder: Bool) -> UInt32 {
        guard absolute == nil else { return absolute ?? mode }
        return clauses.reduce(mode) { mode, clause in
            let bits = clause.bits(mode: mode, isFolder: isFolder)
            switch clause.operation {
            case "+": return mode | bits
            case "-": return mode & ~bits
            default: return mode & ~clause.replaced | bits
            }
        }
    }

    /// `[ugoa]*([-+=][rwxXst]*)+`
    private static func clauses(_ text: Substring) -> [Clause]? {
        let who = text.prefix { "ugoa".contains($0) }
        var rest = text.dropFirst(who.count)
        var mask: UInt32 = who.isEmpty || who.contains("a") ? 0o777 : 0
        if who.contains("u") { mask |= 0o700 }
        if who.contains("g") { mask |= 0o070 }
        if who.contains("o") { mask |= 0o007 }
        var clauses: [Clause] = []
        while let operation = rest.first {
            guard "+-=".contains(operation) else { return nil }
            let permissions = rest.dropFirst().prefix { "rwxXst".contains($0) }
            clauses.append(Clause(who: mask, operation: operation, permissions: String(permissions)))
            rest = rest.dropFirst(1 + permissions.count)
        }
        return clauses.isEmpty ? nil : clauses
    }
}

extension ModeChange.Clause {
    /// What `=` clears.
    fileprivate var replaced: UInt32 {
        who | (who & 0o700 == 0 ? 0 : 0o4000) | (who & 0o070 == 0 ? 0 : 0o2000) | (who == 0o777 ? 0o1000 : 0)
    }

    fileprivate func bits(mode: UInt32, isFolder: Bool) -> UInt32 {
        permissions.reduce(0) { bits, permission in
            switch permission {
            case "r": bits | who & 0o444
            case "w": bits | who & 0o222
            case "x": bits | who & 0o111
            case "X": isFolder || mode & 0o111 != 0 ? bits | who & 0o111 : bits
            case "s": bits | (who & 0o700 == 0 ? 0 : 0o4000) | (who & 0o070 == 0 ? 0 : 0o2000)
            default: bits | 0o1000
            }
        }
    }
}
