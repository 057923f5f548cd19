import Linux

/// What a container's `security_opt` items come to.
struct SecurityOptions {
    /// What the system calls are checked against.
    enum Seccomp: Hashable {
        case builtin
        case unconfined
        /// A profile's text: JSON of Docker's form.
        case profile(String)
    }

    var deniesNewPrivileges = false
    /// Nil where nothing is said of it.
    var seccomp: Seccomp?
    /// Whether nothing of the kernel's files is hidden or write-protected.
    var showsSystemPaths = false
    /// Whether the container may change its own control groups.
    var mayWriteCgroups = false
    /// The AppArmor profile to run under, ``AppArmor/unconfined`` for none. Nil where nothing is said of it.
    var appArmor: String?

    /// - Throws: ``InvalidSetting`` for an item that is none, or that no machine of ours can honour.
    init(_ items: [String]) throws(InvalidSetting) {
        for item in items { try add(item) }
    }

    private mutating func add(_ item: String) throws(InvalidSetting) {
        guard item != "no-new-privileges" else { return deniesNewPrivileges = true }
        // The colon is the older form; a profile's text has colons of its own.
        guard let sign = item.firstIndex(where: { $0 == "=" || $0 == ":" }) else { throw Self.invalid(item) }
        let value = String(item[item.index(after: sign)...])
        switch item[..<sign] {
        case "no-new-privileges": deniesNewPrivileges = try Self.truth(value, of: item)
        case "writable-cgroups": mayWriteCgroups = try Self.truth(value, of: item)
        case "seccomp" where value == "builtin": seccomp = .builtin
        case "seccomp" where value == "unconfined": seccomp = .unconfined
        case "seccomp": seccomp = .profile(value)
        case "systempaths" where value == "unconfined": showsSystemPaths = true
        case "apparmor": appArmor = value.isEmpty ? nil : value
        case "label" where value == "disable": return
        case "label": throw InvalidSetting("--security-opt \(item): SELinux labels are not supported")
        default: throw Self.invalid(item)
        }
    }

    private static func truth(_ text: String, of item: String) throws(InvalidSetting) -> Bool {
        switch text {
        case "1", "t", "true", "True", "TRUE": return true
        case "0", "f", "false", "False", "FALSE": return false
        default: throw invalid(item)
        }
    }

    private static func invalid(_ item: String) -> InvalidSetting {
        InvalidSetting("invalid --security-opt: \"\(item)\"")
    }
}

extension Security {
    /// The file of a seccomp profile that an item names instead of giving its text; nil for another item.
    public static func seccompProfilePath(in item: String) -> String? {
        guard item.hasPrefix("seccomp"), let sign = item.dropFirst(7).first, sign == "=" || sign == ":" else {
            return nil
        }
        let value = item.dropFirst(8)
        let isText = value.first { !$0.isWhitespace } == "{"
        return isText || ["builtin", "unconfined", ""].contains(value) ? nil : String(value)
    }
}

/// A setting that makes no sense, or that cannot be honoured: in words, the setting first.
public struct InvalidSetting: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String

    init(_ description: String) { self.description = description }
}
