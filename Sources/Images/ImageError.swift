public import OCI
import Storage

/// Why something cannot be done with an image.
public enum ImageError: Error, Hashable, Sendable {
    case notFound(String)
    /// A name that is to be pushed, and that no image has.
    case notHere(String)
    /// An image that is there, but for another platform.
    case otherPlatform(name: String, Platform)
    /// Several images' ids begin so.
    case ambiguousPrefix(String)
    case badReference(OCIError)
    /// A removal that is refused; `isFinal` says that force does not help.
    case inUse(subject: String, isFinal: Bool, reason: String)
    /// An image by digest is no tag.
    case digestAsTag(String)
    /// A configuration or manifest that cannot be used.
    case malformed(subject: String, reason: String)
    /// More layers than a container's tree can be made of.
    case tooManyLayers(Int)
    /// An archive with no image in it.
    case noImage
    /// An image whose layers are not here any more.
    case missingLayer(image: String, Digest)
}

extension ImageError: CustomStringConvertible {
    /// What is wrong, in one line, in Docker's words where it has some.
    public var description: String {
        switch self {
        case .notFound(let name): "No such image: \(name)"
        case .notHere(let name): "An image does not exist locally with the tag: \(name)"
        case .otherPlatform(let name, let platform):
            "image with reference \(name) was found but does not provide the specified platform (\(platform))"
        case .ambiguousPrefix(let prefix): "several images' ids begin with \(prefix)"
        case .badReference(let error): error.description
        case .inUse(let subject, let isFinal, let reason):
            "conflict: unable to \(subject) (\(isFinal ? "cannot be forced" : "must be forced")) - \(reason)"
        case .digestAsTag(let name): "\(name): an image cannot be tagged with a digest"
        case .malformed(let subject, let reason): "\(subject): \(reason)"
        case .tooManyLayers(let count):
            "\(count) layers: an image has \(ImageConfiguration.maximumLayers) at most"
        case .noImage: "the archive holds no image"
        case .missingLayer(let image, let digest): "image \(image): layer \(digest) is gone"
        }
    }
}
