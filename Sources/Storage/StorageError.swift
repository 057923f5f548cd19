public import Linux
public import OCI

/// Why something cannot be stored or read back.
public enum StorageError: Error, Hashable, Sendable {
    /// A call of the kernel's, while doing what `subject` says.
    case system(SystemError, subject: String)
    /// Contents that are not what their name says.
    case wrongDigest(expected: Digest, actual: Digest)
    case wrongSize(expected: Int64, actual: Int64)
    /// A record that is no record.
    case unreadableRecord(path: String, reason: String)
    case unknownLayer(Digest)
    case unknownBlob(Digest)
    /// An archive that is refused; where in it, if an entry is at fault.
    case badArchive(entry: String?, reason: String)
    /// Who has the lock, if they could be found.
    case locked(String, holder: Int32?)
}

extension StorageError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .system(let error, let subject): "\(subject): \(error)"
        case .wrongDigest(let expected, let actual): "contents are \(actual), not \(expected)"
        case .wrongSize(let expected, let actual): "\(actual) bytes, not \(expected)"
        case .unreadableRecord(let path, let reason): "\(path): \(reason)"
        case .unknownLayer(let digest): "layer \(digest): not there"
        case .unknownBlob(let digest): "blob \(digest): not there"
        case .badArchive(let entry?, let reason): "archive: \(entry): \(reason)"
        case .badArchive(nil, let reason): "archive: \(reason)"
        case .locked(let name, let holder?): "\(name): in use by process \(holder)"
        case .locked(let name, nil): "\(name): in use by another process"
        }
    }
}
