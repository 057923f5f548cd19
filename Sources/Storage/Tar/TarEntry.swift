public import Linux

/// One member of a tar archive. tar(5), pax(1)
public struct TarEntry: Hashable, Sendable {
    /// What a member stands for.
    public enum Kind: Hashable, Sendable {
        case file, folder, symbolicLink, characterDevice, blockDevice, pipe
        /// Another name for a member that came before; `linkTarget` is that member's path.
        case hardLink
    }

    /// What it stands for.
    public var kind: Kind
    /// As the archive has it: it may be absolute, or lead out, or not be UTF-8.
    public var path: [UInt8]
    /// What a link says, as the archive has it.
    public var linkTarget: [UInt8] = []
    /// The twelve permission bits.
    public var mode: UInt32
    /// The owner's number.
    public var uid: UInt32 = 0
    /// The group's number.
    public var gid: UInt32 = 0
    /// How many bytes of contents follow.
    public var size: Int64 = 0
    /// In nanoseconds since 1970.
    public var modifiedAt: Int64 = 0
    /// For device files: which device.
    public var device = DeviceNumber(rawValue: 0)
    /// Extended attributes, by names such as `security.capability`.
    public var attributes: [String: [UInt8]] = [:]

    /// A member that belongs to root, empty, of 1970.
    public init(_ kind: Kind, path: [UInt8], mode: UInt32) {
        self.kind = kind
        self.path = path
        self.mode = mode
    }

    /// The path as text, for messages.
    public var name: String { String(decoding: path, as: UTF8.self) }

    func refused(_ reason: String) -> StorageError {
        .badArchive(entry: name, reason: reason)
    }
}
