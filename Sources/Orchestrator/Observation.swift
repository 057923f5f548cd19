public import Supervision

/// What is there of one project: a reading of the stores, taken before planning.
///
/// It is a plain value, so that a test writes by hand what the stores would say.
public struct Observation: Hashable, Sendable {
    /// The project's name.
    public var project: String
    /// The project's containers, one-off ones and orphans included.
    public var containers: [ObservedContainer]
    /// Every network there is, by its name as the engine knows it.
    public var networks: [String: ObservedNetwork]
    /// Every volume there is, by its name as the engine knows it.
    public var volumes: [String: ObservedVolume]
    /// Identifiers of the images that the project names, by the name that the project uses; absent ones are missing.
    public var images: [String: String]
    /// How many nanoseconds ago those images got a name last, by the name that the project uses.
    public var imageAges: [String: Int64] = [:]

    /// A reading; what is left out is not there.
    public init(
        project: String = "",
        containers: [ObservedContainer] = [],
        networks: [String: ObservedNetwork] = [:],
        volumes: [String: ObservedVolume] = [:],
        images: [String: String] = [:]
    ) {
        self.project = project
        self.containers = containers
        self.networks = networks
        self.volumes = volumes
        self.images = images
    }
}

/// A container as it was found.
public struct ObservedContainer: Hashable, Sendable {
    /// What it was doing.
    public enum Status: Hashable, Sendable {
        case created, running, paused, restarting
        case exited(code: Int32)
        /// Its monitor died, or the machine did: how it ended is not known.
        case lost
    }

    /// Which container it is.
    public var identity: ContainerIdentity
    /// What it was doing.
    public var status: Status
    /// The probes' word, if it has a probe and runs.
    public var health: HealthState.Status?
    /// The image's identifier when the container was created.
    public var imageID: String
    /// Names of the networks it is on.
    public var networks: [String]
    /// What its network namespace goes by.
    public var networkNamespace: String?
    /// Its volumes: where they appear, and which.
    public var volumes: [VolumeUse]
    /// Identifiers of the images that it has mounted, by the name that it mounts them by.
    public var mountedImages: [String: String] = [:]
    /// All its labels, our own control labels included.
    public var labels: [String: String]
    /// Nanoseconds since 1970.
    public var createdAt: Int64

    /// A container as a store would describe it.
    public init(
        _ identity: ContainerIdentity,
        status: Status,
        health: HealthState.Status? = nil,
        imageID: String = "",
        networks: [String] = [],
        volumes: [VolumeUse] = [],
        labels: [String: String] = [:],
        createdAt: Int64 = 0
    ) {
        self.identity = identity
        self.status = status
        self.health = health
        self.imageID = imageID
        self.networks = networks
        self.volumes = volumes
        self.labels = labels
        self.createdAt = createdAt
    }

    /// One volume in a container.
    public struct VolumeUse: Hashable, Sendable {
        /// Where the volume appears.
        public var target: String
        /// The volume's name.
        public var volume: String
        /// Whether nobody named the volume.
        public var isAnonymous: Bool

        /// A volume at a place.
        public init(target: String, volume: String, isAnonymous: Bool) {
            self.target = target
            self.volume = volume
            self.isAnonymous = isAnonymous
        }
    }
}

extension ObservedContainer {
    /// 64 hexadecimal digits.
    public var id: String { identity.id }
    /// The name it goes by.
    public var name: String { identity.name }
    /// The service it belongs to.
    public var service: String { labels[ControlLabel.service] ?? "" }
    /// Its place among the replicas of its service; 0 for a one-off.
    public var number: Int { labels[ControlLabel.containerNumber].flatMap { Int($0) } ?? 0 }
    /// Whether `run` made it.
    public var isOneOff: Bool { labels[ControlLabel.oneOff] == "True" }
    var configurationHash: String? { labels[ControlLabel.configHash] }

    /// Whether it has a process.
    public var isActive: Bool {
        switch status {
        case .running, .paused, .restarting: true
        case .created, .exited, .lost: false
        }
    }
}

/// A network as it was found.
public struct ObservedNetwork: Hashable, Sendable {
    /// Its name as the engine knows it.
    public var name: String
    /// All its labels, ours included.
    public var labels: [String: String]

    /// A network as a store would describe it.
    public init(name: String, labels: [String: String] = [:]) {
        self.name = name
        self.labels = labels
    }
}

/// A volume as it was found.
public struct ObservedVolume: Hashable, Sendable {
    /// Its name as the engine knows it.
    public var name: String
    /// All its labels, ours included.
    public var labels: [String: String]

    /// A volume as a store would describe it.
    public init(name: String, labels: [String: String] = [:]) {
        self.name = name
        self.labels = labels
    }
}
