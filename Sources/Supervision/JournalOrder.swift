/// Where a monitor writes down what happens, and what it says of the container each time.
public struct JournalOrder: Codable, Hashable, Sendable {
    /// The journal's folder, absolute.
    public var folder: String
    /// The container's labels, its image and its name.
    public var attributes: [String: String]
    /// The names of the networks that it is on, by their identifiers.
    public var networks: [String: String]
    /// The volumes that it uses.
    public var volumes: [VolumeUse]
    /// Whether the container is removed when it has ended.
    public var tellsRemoval: Bool

    /// A volume where a container has it.
    public struct VolumeUse: Codable, Hashable, Sendable {
        /// The volume's name.
        public var name: String
        /// Where it is in the container.
        public var destination: String
        /// Whether the container can only read it.
        public var isReadOnly: Bool

        /// A value of these parts.
        public init(name: String, destination: String, isReadOnly: Bool) {
            self.name = name
            self.destination = destination
            self.isReadOnly = isReadOnly
        }
    }

    /// A value of these parts.
    public init(
        folder: String,
        attributes: [String: String],
        networks: [String: String] = [:],
        volumes: [VolumeUse] = [],
        tellsRemoval: Bool = false
    ) {
        self.folder = folder
        self.attributes = attributes
        self.networks = networks
        self.volumes = volumes
        self.tellsRemoval = tellsRemoval
    }
}
