public import Compression
import Linux

extension LayerStore {
    /// Unpacks a tar that is no layer, packed or not, into a draft that will not be committed as it is.
    ///
    /// - Throws: ``StorageError`` for a tar that is not what it should be, or that is hostile.
    public func unpackArchive(_ source: ByteSource, into draft: LayerDraft, limit: Int = 1 << 40) throws {
        var unpacker = LayerUnpacker(try OpenFolder(opening: draft.contents), rules: .init(isLayer: false))
        try unpacker.unpack(TarReader(source.decompressed().limited(to: limit)))
    }
}
