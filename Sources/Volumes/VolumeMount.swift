import Linux
import SystemPackage

/// The file system that the options of a volume name, in mount(8)'s words: `type`, `device`, `o`.
struct VolumeMount: Hashable {
    let type: String
    let device: String
    private(set) var flags: MountFlags = []
    /// What the file system itself is told.
    private(set) var options: [String] = []
    private(set) var isBind = false
    private(set) var isRecursive = false

    private static let changes: [String: (flags: MountFlags, isSet: Bool)] = [
        "ro": (.readOnly, true), "rw": (.readOnly, false), "suid": (.noSetUserID, false),
        "nosuid": (.noSetUserID, true), "dev": (.noDevices, false), "nodev": (.noDevices, true),
        "exec": (.noExecute, false), "noexec": (.noExecute, true), "sync": (.synchronous, true),
        "async": (.synchronous, false), "dirsync": (.synchronousFolders, true), "atime": (.noAccessTime, false),
        "noatime": (.noAccessTime, true), "diratime": (.noFolderAccessTime, false),
        "nodiratime": (.noFolderAccessTime, true), "relatime": (.relativeAccessTime, true),
        "norelatime": (.relativeAccessTime, false), "strictatime": (.strictAccessTime, true),
        "nostrictatime": (.strictAccessTime, false), "defaults": ([], true),
    ]

    /// Reads a volume's options; nil if there are none.
    init?(_ options: [String: String], of name: String) throws(VolumeError) {
        guard !options.isEmpty else { return nil }
        for option in options.keys.sorted() where !["type", "device", "o", "size"].contains(option) {
            throw .invalidOption(option)
        }
        guard options["size"] == nil else {
            throw .unusableOption(name: name, option: "size", reason: "needs a file system with project quotas")
        }
        type = options["type"] ?? "none"
        device = options["device"] ?? ""
        for word in (options["o"] ?? "").split(separator: ",").map(String.init) { apply(word) }
        guard !device.isEmpty else {
            throw .unusableOption(name: name, option: "device", reason: "missing device in volume options")
        }
        guard !isBind || device.hasPrefix("/") else {
            throw .unusableOption(name: name, option: "device", reason: "\"\(device)\" is not an absolute path")
        }
        guard isBind || type != "none" else {
            throw .unusableOption(name: name, option: "type", reason: "missing file system type in volume options")
        }
        try checkServer(of: name)
    }

    private mutating func apply(_ word: String) {
        switch word {
        case "bind": isBind = true
        case "rbind": (isBind, isRecursive) = (true, true)
        default:
            guard let change = Self.changes[word] else { return options.append(word) }
            if change.isSet { flags.formUnion(change.flags) } else { flags.subtract(change.flags) }
        }
    }

    /// The kernel takes a server's address, not its name.
    private func checkServer(of name: String) throws(VolumeError) {
        guard let server = options.first(where: { $0.hasPrefix("addr=") })?.dropFirst("addr=".count) else { return }
        guard IPAddress(String(server)) == nil else { return }
        throw .unusableOption(name: name, option: "o", reason: "addr=\(server) is not an IP address")
    }

    /// Whether what is written outlives the mount.
    var isLasting: Bool { !["tmpfs", "ramfs"].contains(type) }

    /// Mounts it.
    func mount(at target: FilePath) throws(SystemError) {
        guard !isBind else {
            return try HostMount.bind(FilePath(device), at: target, flags: flags, isRecursive: isRecursive)
        }
        try HostMount.mount(
            type: type,
            device: device,
            at: target,
            flags: flags,
            options: options.joined(separator: ",")
        )
    }
}
