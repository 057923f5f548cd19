public import Compression
public import Linux

/// Trees of files as tar archives, without a layer's marks for what is hidden.
public enum TreeArchive {
    /// Packs one entry of a folder and all that is below it.
    ///
    /// - Parameter path: what the entry is called in the archive.
    /// - Returns: how many bytes the files have.
    @discardableResult
    public static func pack(
        _ name: FileName,
        of folder: OpenFolder,
        as path: [UInt8],
        to sink: @escaping ByteSink
    ) throws -> Int64 {
        var packer = LayerPacker(sink)
        try packer.pack(name, of: folder, as: path)
        return packer.size
    }

    /// Packs a folder and all that is in it; the folder itself is called `path`.
    @discardableResult
    public static func pack(_ folder: OpenFolder, as path: [UInt8], to sink: @escaping ByteSink) throws -> Int64 {
        var packer = LayerPacker(sink)
        try packer.pack(folder, as: path)
        return packer.size
    }

    /// Packs what is in a folder, each entry under its own name.
    @discardableResult
    public static func pack(contentsOf folder: OpenFolder, to sink: @escaping ByteSink) throws -> Int64 {
        var packer = LayerPacker(sink)
        try packer.pack(folder)
        return packer.size
    }

    /// Unpacks an archive, packed or not, into a folder below a root that nothing of it can leave.
    ///
    /// - Parameters:
    ///   - base: the folder, which is there; links on the way are followed inside the root.
    ///   - owner: whom everything belongs to; to whom the archive says if nil.
    ///   - replaces: whether what is there makes room for something of another kind.
    /// - Returns: how many bytes the files have.
    @discardableResult
    public static func unpack(
        _ source: ByteSource,
        into root: OpenFolder,
        below base: [FileName],
        owner: (uid: UInt32, gid: UInt32)?,
        replaces: Bool = false
    ) throws -> Int64 {
        let rules = LayerUnpacker.Rules(isLayer: false, base: base, owner: owner, replaces: replaces)
        var unpacker = LayerUnpacker(root, rules: rules)
        let tar = TarReader(source.decompressed())
        try unpacker.unpack(tar)
        try tar.drain()
        return unpacker.size
    }
}
