public import Images
public import OCI
public import SystemPackage

/// Where a build cache lies that other machines share.
public enum CachePlace: Hashable, Sendable {
    /// A folder with an OCI layout, and the tag of the cache in it.
    case folder(FilePath, tag: String)
    case registry(ImageReference)
    /// The image that is built, which carries the cache of its own layers.
    case image
}

/// `--cache-from`: a cache to take from.
public struct CacheSource: Hashable, Sendable {
    /// Where it lies.
    public let place: CachePlace

    /// Reads `type=registry,ref=…`, `type=local,src=…`, or the name of an image alone.
    ///
    /// - Parameter folder: where relative paths start.
    public init(parsing text: String, from folder: FilePath) throws {
        guard text.contains("=") else {
            place = .registry(try ImageReference(parsing: text))
            return
        }
        var attributes = try AttributeList(parsing: text)
        place = try CachePlace(&attributes, path: "src", from: folder)
        guard place != .image else { throw attributes.refused("a cache in an image is named by the image") }
        try attributes.finish()
    }
}

/// `--cache-to`: a cache to fill.
public struct CacheTarget: Hashable, Sendable {
    /// Which steps go.
    public enum Mode: String, CaseIterable, Hashable, Sendable {
        /// Those whose layers the image has.
        case min
        /// Those of all stages.
        case max
    }

    /// Where it lies.
    public let place: CachePlace
    /// Which steps go.
    public let mode: Mode
    /// Whether a failure does not fail the build.
    public let ignoresErrors: Bool
    /// In which form layers go.
    public let form: LayerForm
    /// Whether the document is the manifest of an image, and not an index.
    public let isImage: Bool

    /// Reads `type=registry,ref=…,mode=max`, `type=local,dest=…` or `type=inline`.
    ///
    /// - Parameter folder: where relative paths start.
    public init(parsing text: String, from folder: FilePath) throws {
        var attributes = try AttributeList(parsing: text.contains("=") ? text : "type=registry,ref=\(text)")
        place = try CachePlace(&attributes, path: "dest", from: folder)
        mode = try attributes.takeChoice("mode") ?? .min
        ignoresErrors = try attributes.takeFlag("ignore-error") ?? false
        form = try LayerForm(&attributes) ?? LayerForm()
        isImage = try attributes.takeFlag("image-manifest") ?? true
        try attributes.finish()
    }
}

extension CachePlace {
    fileprivate init(_ attributes: inout AttributeList, path: String, from folder: FilePath) throws {
        switch attributes.take("type") {
        case "registry":
            guard let name = attributes.take("ref") else { throw attributes.refused("ref is required") }
            self = .registry(try ImageReference(parsing: name))
        case "local":
            guard let place = attributes.take(path) else { throw attributes.refused("\(path) is required") }
            self = .folder(folder.pushing(FilePath(place)), tag: attributes.take("tag") ?? "latest")
        case "inline": self = .image
        case let type?:
            throw attributes.refused("caches of type \"\(type)\" are not supported: use registry, local or inline")
        case nil: throw attributes.refused("type is required for a cache")
        }
    }
}

extension CachePlace: CustomStringConvertible {
    /// The folder, or the image's name.
    public var description: String {
        switch self {
        case .folder(let path, _): path.string
        case .registry(let reference): reference.description
        case .image: "the image"
        }
    }
}
