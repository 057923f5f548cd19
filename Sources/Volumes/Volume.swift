public import SystemPackage

/// A folder that outlives containers, and what is known of it.
public struct Volume: Hashable, Sendable {
    /// What was asked for when it was made.
    public var record: Record
    /// Its folder on the host, the one with the record in it.
    var folder: FilePath

    /// A volume as it is kept on disk.
    public struct Record: Codable, Hashable, Sendable {
        /// Its name: the user's, or 64 hexadecimal digits.
        public var name: String
        /// Always `local` so far.
        public var driver: String
        /// Options of the driver: `type`, `device`, `o`.
        public var options: [String: String]
        /// The user's labels and those of whoever manages it.
        public var labels: [String: String]
        /// Nanoseconds since 1970.
        public var createdAt: Int64
    }

    /// Its name.
    public var name: String { record.name }

    /// Whether nobody named it.
    public var isAnonymous: Bool { record.labels[Self.anonymousLabel] != nil }

    /// What marks a volume that nobody named.
    public static let anonymousLabel = "com.docker.volume.anonymous"

    /// The folder that holds its data, which is what `inspect` calls the mount point.
    public var mountpoint: FilePath { folder.appending("_data") }
}
