public import SystemPackage

/// The profiles that AppArmor confines processes by, where the kernel has it. `apparmor(7)`
public enum AppArmor {
    /// What a process without a profile is said to be.
    public static let unconfined = "unconfined"

    private static let policy = FilePath("/sys/kernel/security/apparmor")

    /// Whether the kernel confines processes.
    public static var isEnabled: Bool {
        (try? WholeFile.read("/sys/module/apparmor/parameters/enabled"))?.first == UInt8(ascii: "Y")
    }

    /// Whether what is loaded can be seen: the kernel shows it in `securityfs`.
    public static var isVisible: Bool { Folder.hasEntry(policy) }

    /// Whether this process is under a profile itself, and so what it starts.
    public static var confinesUs: Bool { profile(of: "self") != nil }

    /// The profile that a process is under; nil if it is under none.
    ///
    /// - Parameter process: Its folder's name below `/proc`. The kernel says `NAME (MODE)` or `unconfined`.
    public static func profile(of process: String) -> String? {
        guard let label = try? WholeFile.read(FilePath("/proc/\(process)/attr/apparmor/current")) else { return nil }
        let words = String(decoding: label.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let name = words.lastIndex(of: "(").map { String(words[..<$0].dropLast()) } ?? words
        return name.isEmpty || name == unconfined ? nil : name
    }

    /// Whether a profile of this name is loaded. The kernel lists them a line each, as `NAME (MODE)`.
    public static func hasLoaded(_ profile: String) -> Bool {
        guard let bytes = try? WholeFile.read(policy.appending("profiles")) else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            line.hasPrefix(profile) && line.dropFirst(profile.count).hasPrefix(" (")
        }
    }

    /// Compiles a profile and gives it to the kernel, in place of one of the same name.
    ///
    /// - Returns: What the compiler says where it could not; nil where it could.
    public static func load(_ text: String, with compiler: FilePath) throws(SystemError) -> String? {
        let answer = try HelperProgram.run(
            compiler,
            arguments: ["--replace", "--skip-cache", "--quiet"],
            environment: ["LC_ALL=C"],
            input: Array(text.utf8),
            keepsErrors: true
        )
        guard answer.status != .exited(0) else { return nil }
        let words = String(decoding: answer.errors, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? "exit status \(answer.status.code)" : words.joined(separator: " ")
    }

    /// The program that compiles profiles, if it is installed.
    public static var compiler: FilePath? {
        Executable.find("apparmor_parser", in: "/usr/sbin:/sbin:/usr/local/sbin:/run/current-system/sw/bin")
    }

    /// The line that has a profile mean what it meant to AppArmor 3, if this machine's compiler knows: what later
    /// versions learnt to deny is allowed, as it was.
    public static var interface: String {
        Folder.hasEntry("/etc/apparmor.d/abi/3.0") ? "abi <abi/3.0>,\n" : ""
    }
}
