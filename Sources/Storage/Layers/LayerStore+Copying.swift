public import Linux

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
}
