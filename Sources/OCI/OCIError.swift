/// Why a text or document of an image is refused.
public enum OCIError: Error, Hashable, Sendable {
    case notAReference(String, reason: String)
    case notADigest(String)
    case notAPlatform(String)
    /// A manifest that could be read as two things (CVE-2021-41190).
    case ambiguousDocument
    case unsupportedDocument(mediaType: String)
    /// A document that does not fit its kind.
    case malformed(String)
}

extension OCIError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .notAReference(let text, let reason): "\"\(text)\" is not an image reference: \(reason)"
        case .notADigest(let text): "\"\(text)\" is not a digest"
        case .notAPlatform(let text): "\"\(text)\" is not a platform"
        case .ambiguousDocument: "a manifest with both layers and manifests"
        case .unsupportedDocument(let type): "unsupported media type \"\(type)\""
        case .malformed(let text): text
        }
    }
}
