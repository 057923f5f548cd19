import Linux

/// Finds the folders of a layer that is being unpacked, staying in it whatever its links say.
///
/// The way to the folder that was used last is kept, so that members in the order of a walk cost one step each, however
/// deep they lie. Few descriptors are kept; what lies deeper than that is opened anew.
struct LayerPlaces {
    /// Folders of the way that are kept open.
    private static let maximumKept = 64

    private let root: OpenFolder
    private var way: [(name: FileName, folder: OpenFolder?)] = []

    init(_ root: OpenFolder) {
        self.root = root
    }

    /// The folder of that path in the layer.
    ///
    /// - Parameter makesMissing: Whether missing folders are made.
    /// - Throws: `ENOTDIR` where a link leads to no folder of the layer, or a file is in the way.
    mutating func folder(_ path: [FileName], makesMissing: Bool) throws(SystemError) -> OpenFolder {
        var common = 0
        while common < min(path.count, way.count), way[common].name == path[common] { common += 1 }
        while common > 0, way[common - 1].folder == nil { common -= 1 }
        way.removeLast(way.count - common)
        var folder = way.last?.folder ?? root
        for name in path[common...] {
            folder = try step(name, in: folder, makesMissing: makesMissing)
            if way.count > Self.maximumKept { way[way.count - 1].folder = nil }
            way.append((name, folder))
        }
        return folder
    }

    /// Forgets the way, as a folder of it may have gone.
    mutating func forget() {
        way = []
    }

    private func step(
        _ name: FileName,
        in folder: OpenFolder,
        makesMissing: Bool
    ) throws(SystemError) -> OpenFolder {
        do throws(SystemError) {
            return try folder.folder(name)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory where makesMissing: return try folder.makeFolder(name)
            case .notDirectory, .tooManySymbolicLinkLevels: return try behindLink(name, in: folder, error)
            default: throw error
            }
        }
    }

    /// The folder that a link leads to when the layer is taken for the root of everything.
    private func behindLink(
        _ name: FileName,
        in folder: OpenFolder,
        _ failure: SystemError
    ) throws(SystemError) -> OpenFolder {
        guard try folder.status(name)?.kind == .symbolicLink else {
            // A whiteout of this layer that a folder takes the place of, or a file.
            guard try folder.status(name)?.isWhiteout == true else { throw failure }
            try folder.removeFile(name)
            let made = try folder.makeFolder(name)
            try made.setExtendedAttribute(LayerAttribute.opaque, LayerAttribute.yes)
            return made
        }
        let path = (way.map(\.name) + [name]).map(\.bytes).joined(separator: [UInt8(ascii: "/")])
        return try root.folder(inRoot: Array(path))
    }
}

/// The attributes by which an overlay knows what a layer hides. overlayfs, kernel documentation
enum LayerAttribute {
    static let yes: [UInt8] = [UInt8(ascii: "y")]

    /// Set to `y` on a folder that hides the folder of that name below it. Only root may use the `trusted` one.
    static var opaque: String { OwnProcess.user == 0 ? "trusted.overlay.opaque" : "user.overlay.opaque" }

    static func isOverlay(_ name: String) -> Bool {
        name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.")
    }
}
