public import OCI

/// What is known of an unpacked layer.
public struct LayerRecord: Codable, Hashable, Sendable {
    /// What the layer's tar hashes to.
    public let diffID: Digest
    /// How many bytes its files have.
    public let size: Int64
    /// How many bytes its tar has.
    public let tarSize: Int64
    /// Nanoseconds since 1970.
    public let createdAt: Int64
    /// The boot in which it was made: unless it was synchronized since, it counts for nothing in any other.
    let boot: String

    init(diffID: Digest, size: Int64, tarSize: Int64, createdAt: Int64, boot: String) {
        self.diffID = diffID
        self.size = size
        self.tarSize = tarSize
        self.createdAt = createdAt
        self.boot = boot
    }
}
