import Linux

/// A `tmpfs` mount's options: those that are mount flags, and those that are the file system's own.
struct MemoryMount: Hashable {
    var flags: MountFlags = [.noSetUserID, .noDevices, .noExecute]
    var options: String

    private static let changes: [String: (flag: MountFlags, isSet: Bool)] = [
        "exec": (.noExecute, false), "noexec": (.noExecute, true), "suid": (.noSetUserID, false),
        "nosuid": (.noSetUserID, true), "dev": (.noDevices, false), "nodev": (.noDevices, true),
        "ro": (.readOnly, true), "rw": (.readOnly, false),
    ]

    init(options list: [String], isReadOnly: Bool) {
        var own: [String] = []
        if isReadOnly { flags.insert(.readOnly) }
        for option in list.flatMap({ $0.split(separator: ",").map(String.init) }) {
            guard let change = Self.changes[option] else {
                own.append(option)
                continue
            }
            if change.isSet { flags.insert(change.flag) } else { flags.remove(change.flag) }
        }
        if !own.contains(where: { $0.hasPrefix("mode=") }) { own.append("mode=1777") }
        self.options = own.joined(separator: ",")
    }
}
