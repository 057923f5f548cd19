/// Names of services, networks, volumes and projects.
enum ObjectName {
    /// Letters, digits, `.`, `_` and `-`, at least one.
    static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    /// `[a-zA-Z0-9][a-zA-Z0-9_.-]+`
    static func isValidContainerName(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        return isAlphanumeric(first) && isValid(name) && name.utf8.count > 1
    }

    /// Lower case letters, digits, `_` and `-`, beginning with a letter or digit.
    static func isValidProjectName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first) else { return false }
        return normalized(name) == name
    }

    /// What is left of a name when all that a project's name cannot have is taken away.
    static func normalized(_ name: String) -> String {
        let kept = name.lowercased().utf8.filter { isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D }
        return String(decoding: kept.drop { $0 == 0x5F || $0 == 0x2D }, as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
