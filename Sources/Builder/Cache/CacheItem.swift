/// Something that the build cache holds.
public struct CacheItem: Hashable, Sendable {
    /// What it is, in BuildKit's words.
    public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// The layer that a step came to.
        case layer = "regular"
        /// A layer with the files of a commit.
        case checkout = "source.git.checkout"
        /// The folder of `RUN --mount=type=cache`.
        case mount = "exec.cachemount"
        /// What is known of the files of a context.
        case context = "source.local"
    }

    /// What it is called.
    public let id: String
    /// What it is.
    public let kind: Kind
    /// What it came from, such as `RUN make`.
    public let description: String
    /// In bytes.
    public let size: Int64
    /// Nanoseconds since 1970.
    public let createdAt: Int64
    /// Nanoseconds since 1970.
    public let usedAt: Int64
    /// Whether an image has it too, so that removing it from the cache frees nothing.
    public let isShared: Bool
    /// Whether a build uses it now.
    public let isInUse: Bool

    /// Whether removing it frees room.
    public var isReclaimable: Bool { !isShared && !isInUse }
}
