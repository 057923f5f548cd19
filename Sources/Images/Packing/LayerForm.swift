import Compression
import OCI

/// In which form layers are given out.
public struct LayerForm: Hashable, Sendable {
    /// How a layer's tar is packed.
    public enum Compression: String, CaseIterable, Hashable, Sendable {
        case uncompressed, gzip, zstd
    }

    /// How layers are packed that are packed for this.
    public var compression = Compression.gzip
    /// How hard is tried to pack small; nil is the usual.
    public var level: Int?
    /// Whether layers are packed anew that are there in another form already.
    public var isForced = false
    /// Whether documents and blobs are called by Docker's names in place of OCI's.
    public var speaksDocker = false

    /// Packed by gzip, unless it is packed already.
    public init() {}

    /// What a layer of this form is.
    var mediaType: MediaType {
        switch compression {
        case .uncompressed: .layer
        case .gzip: .gzipLayer
        case .zstd: .zstdLayer
        }
    }

    /// Whether a layer that is there as this need not be packed.
    func accepts(_ mediaType: MediaType) -> Bool {
        let mediaType = mediaType.inOCIWords
        return mediaType == self.mediaType || !isForced && mediaType.isLayer && mediaType != .layer
    }

    /// A descriptor by the names that are spoken.
    func named(_ descriptor: Descriptor) -> Descriptor {
        speaksDocker ? descriptor.inDockerWords : descriptor.inOCIWords
    }

    /// What a document calls itself, by the names that are spoken.
    func named(_ mediaType: MediaType) -> MediaType {
        speaksDocker ? mediaType.inDockerWords : mediaType.inOCIWords
    }

    /// A tar in this form.
    func pack(_ tar: ByteSource) -> ByteSource {
        switch compression {
        case .uncompressed: tar
        case .gzip: tar.compressed(as: .gzip, level: level)
        case .zstd: tar.compressed(as: .zstd, level: level)
        }
    }
}
