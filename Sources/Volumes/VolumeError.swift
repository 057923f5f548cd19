public import Linux

/// What can go wrong with a volume.
public enum VolumeError: Error, Hashable, Sendable {
    case notFound(String)
    case invalidName(String)
    /// A volume of this name was made with another driver or other options.
    case conflict(name: String)
    /// Containers refer to it.
    case inUse(name: String, containers: [String])
    case unknownDriver(String)
    case invalidOption(String)
    /// An option that cannot be honoured, and why.
    case unusableOption(name: String, option: String, reason: String)
    /// The file system that the volume is on cannot be mounted.
    case cannotMount(name: String, SystemError)
    /// A part of a volume that is not there or leads out of it.
    case noSubfolder(name: String, path: String)
    /// The record on disk cannot be read.
    case damaged(path: String, reason: String)
    case system(SystemError)
}

extension VolumeError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .notFound(let name): "get \(name): no such volume"
        case .invalidName(let name):
            "create \(name): \"\(name)\" includes invalid characters for a local volume name, only "
                + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
        case .conflict(let name):
            "create \(name): a volume with this name exists with another driver or other options"
        case .inUse(let name, let containers):
            "remove \(name): volume is in use - [\(containers.joined(separator: ", "))]"
        case .unknownDriver(let driver): "error looking up volume plugin \(driver): plugin \"\(driver)\" not found"
        case .invalidOption(let option): "create: invalid option: \"\(option)\""
        case .unusableOption(let name, let option, let reason): "create \(name): option \(option): \(reason)"
        case .cannotMount(let name, let error): "error while mounting volume '\(name)': \(error)"
        case .noSubfolder(let name, let path): "volume \(name): no folder \(path) in it"
        case .damaged(let path, let reason): "\(path): \(reason)"
        case .system(let error): "\(error)"
        }
    }
}
