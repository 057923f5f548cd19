import Images
public import SystemPackage

extension BuildOutput {
    /// Reads what `--output` takes: `type=local,dest=out`, or a folder alone, or `-` for an archive of the files.
    ///
    /// - Parameter folder: where relative paths start.
    /// - Throws: ``BuilderError``
    public init(parsing text: String, from folder: FilePath) throws {
        guard text.contains("=") || text.contains(",") else {
            self =
                text == "-"
                ? .tree(.standardOutput, isSplit: nil) : .folder(folder.pushing(FilePath(text)), isSplit: nil)
            return
        }
        var attributes = try AttributeList(parsing: text)
        let place = attributes.take("dest").map { ($0, folder.pushing(FilePath($0))) }
        let destination = place.map { $0.0 == "-" ? Destination.standardOutput : .file($0.1) }
        switch attributes.take("type") {
        case "local":
            guard case .file(let path)? = destination else { throw attributes.refused("dest has to be a folder") }
            self = .folder(path, isSplit: try attributes.takeFlag("platform-split"))
        case "tar":
            let split = try attributes.takeFlag("platform-split")
            self = .tree(destination ?? .standardOutput, isSplit: split)
        case "oci": self = try .archive(ImageWishes(&attributes), Archive(destination, isForDocker: false, &attributes))
        case "docker":
            let wishes = try ImageWishes(&attributes)
            self =
                destination == nil
                ? .image(wishes, pushed: nil)
                : .archive(wishes, try Archive(destination, isForDocker: true, &attributes))
        case "image": self = try .image(ImageWishes(&attributes), pushed: Pushing(&attributes, isUsual: false))
        case "registry": self = try .image(ImageWishes(&attributes), pushed: Pushing(&attributes, isUsual: true))
        case "cacheonly": self = .nothing
        case let type?: throw attributes.refused("there is no output of type \"\(type)\"")
        case nil: throw attributes.refused("type is required for output")
        }
        try attributes.finish()
    }
}

extension BuildOutput.Archive {
    fileprivate init(
        _ destination: BuildOutput.Destination?,
        isForDocker: Bool,
        _ attributes: inout AttributeList
    ) throws {
        self.init(destination ?? .standardOutput)
        self.isForDocker = isForDocker
        isFolder = try attributes.takeFlag("tar") == false
        guard !isFolder || destination != nil, !isFolder || destination != .standardOutput else {
            throw attributes.refused("dest has to be a folder")
        }
    }
}

extension BuildOutput.Pushing {
    fileprivate init?(_ attributes: inout AttributeList, isUsual: Bool) throws {
        // What is here can be used at once, so there is nothing to unpack.
        _ = try attributes.takeFlag("unpack")
        guard try attributes.takeFlag("store") ?? true else { throw attributes.refused("an image is always stored") }
        guard try !(attributes.takeFlag("registry.insecure") ?? false) else {
            throw attributes.refused("insecure registries are listed in daemon.json")
        }
        let isByDigest = try attributes.takeFlag("push-by-digest") ?? false
        guard try attributes.takeFlag("push") ?? isUsual else { return nil }
        self = isByDigest ? .byDigest : .byName
    }
}

extension ImageWishes {
    fileprivate init(_ attributes: inout AttributeList) throws {
        self.init()
        names = attributes.take("name").map { $0.split(separator: ",").map(String.init) }
        rewritesTimes = try attributes.takeFlag("rewrite-timestamp") ?? false
        annotations = try attributes.takeAll(beginning: "annotation").map(AnnotationWish.init)
        form = try LayerForm(&attributes)
    }
}

extension LayerForm {
    /// What is said of the form; nil if nothing is.
    init?(_ attributes: inout AttributeList) throws {
        let compression: Compression? = try attributes.takeChoice("compression")
        let level = try attributes.takeNumber("compression-level", in: 0...22)
        let isForced = try attributes.takeFlag("force-compression")
        let speaksOCI = try attributes.takeFlag("oci-mediatypes")
        guard compression != nil || level != nil || isForced != nil || speaksOCI != nil else { return nil }
        self.init()
        self.compression = compression ?? .gzip
        self.level = level
        self.isForced = isForced ?? false
        // Docker has no name for zstd that every engine knows.
        speaksDocker = speaksOCI == false && self.compression != .zstd
    }
}
