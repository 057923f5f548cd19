public import Linux
public import OCI

extension LayerStore {
    /// Makes a layer of what the upper folder of an overlay has, which stays as it is and may be mounted.
    ///
    /// - Parameter omitted: paths that the layer does not get, without a leading slash.
    public func copy(upper: OpenFolder, without omitted: Set<String>) throws -> LayerRecord {
        let omitted = Set(omitted.map { Array($0.utf8) })
        return try Pipeline.connect { sink in
            var packer = LayerPacker(sink, without: omitted)
            try packer.pack(upper)
        } to: { bytes in
            try unpack(bytes)
        }
    }

    /// The same layer with no file modified later than a time, which is the layer itself if none was.
    ///
    /// - Parameter newest: in nanoseconds since 1970.
    public func clamped(_ diffID: Digest, to newest: Int64) throws -> Digest {
        let contents = try contents(of: diffID)
        return try Pipeline.connect { sink in
            var packer = LayerPacker(sink, newest: newest)
            try packer.pack(OpenFolder(opening: contents))
        } to: { bytes in
            try unpack(bytes).diffID
        }
    }
}
