import Linux
public import SystemPackage

/// A layer that is being made. Its folders go with the last reference, unless the layer was committed.
public final class LayerDraft: Sendable {
    let folder: DraftFolder

    init(_ folder: consuming DraftFolder) throws {
        self.folder = folder
        try Folder.make(contents, mode: 0o755)
        try Folder.make(work)
    }

    /// What will be the layer's files: an overlay's upper folder.
    public var contents: FilePath { folder.path.appending("diff") }

    /// The overlay's work folder, on the same file system.
    public var work: FilePath { folder.path.appending("work") }
}
