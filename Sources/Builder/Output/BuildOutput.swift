public import Images
public import SystemPackage

/// What becomes of the result of a build.
public enum BuildOutput: Hashable, Sendable {
    /// An image of this machine.
    case image(ImageWishes, pushed: Pushing?)
    /// An archive of images, or, if it is a folder, a layout.
    case archive(ImageWishes, Archive)
    /// The files of the result in a folder. A folder for each platform if it is split; nil is as there are several.
    case folder(FilePath, isSplit: Bool?)
    /// The files of the result as an archive.
    case tree(Destination, isSplit: Bool?)
    /// Nothing: only the cache is filled.
    case nothing

    /// Where an archive goes.
    public enum Destination: Hashable, Sendable {
        case file(FilePath)
        case standardOutput
    }

    /// What an image brought to its registry is called there.
    public enum Pushing: Hashable, Sendable {
        case byName
        /// By its digest alone.
        case byDigest
    }

    /// In which form an archive of images is.
    public struct Archive: Hashable, Sendable {
        /// Where it goes; the folder of a layout.
        public var destination: Destination
        /// Whether it is what `docker load` of any age reads too.
        public var isForDocker = false
        /// Whether it is a folder.
        public var isFolder = false

        /// An archive of an OCI layout.
        public init(_ destination: Destination) { self.destination = destination }
    }
}

/// What an image is to be like that is given out.
public struct ImageWishes: Hashable, Sendable {
    /// Its names, in place of those of the request; nil is those.
    public var names: [String]?
    /// In which form its layers go; nil is as it is usual where it goes.
    public var form: LayerForm?
    /// Whether no file of the new layers is newer than `SOURCE_DATE_EPOCH`.
    public var rewritesTimes = false
    /// Remarks on it.
    public var annotations: [AnnotationWish] = []

    /// As it is usual.
    public init() {}
}
