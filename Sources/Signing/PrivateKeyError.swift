/// Why a file is no key to sign with.
public enum PrivateKeyError: Error, Hashable, Sendable {
    /// It is locked by a pass phrase.
    case encrypted
    /// It is no private key in a form that is known.
    case notAKey
    /// libcrypto, which signs, is not installed.
    case noLibrary
    /// It is of a kind that cannot be used.
    case unsupported(String)
    /// libcrypto could not do it.
    case failed
}

extension PrivateKeyError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .encrypted: "the key is locked by a pass phrase; an agent that has it can be forwarded instead"
        case .notAKey: "not a private key"
        case .noLibrary: "keys are read with libcrypto.so.3, which cannot be loaded"
        case .unsupported(let kind): "keys of the kind \(kind) are not supported"
        case .failed: "the key cannot be used"
        }
    }
}
