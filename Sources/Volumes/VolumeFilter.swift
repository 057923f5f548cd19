/// Which volumes to list: those that meet one condition of each kind that is given.
public struct VolumeFilter: Hashable, Sendable {
    /// Whether no container refers to it.
    public var isDangling: Bool?
    /// Names of drivers.
    public var drivers: [String] = []
    /// `key` or `key=value`; all of them.
    public var labels: [String] = []

    /// Every volume.
    public init() {}

    /// Whether a volume is wanted.
    public func matches(_ volume: Volume, isUsed: Bool) -> Bool {
        guard isDangling.map({ $0 != isUsed }) ?? true else { return false }
        guard drivers.isEmpty || drivers.contains(volume.record.driver) else { return false }
        return labels.allSatisfy { label in
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let value = volume.record.labels[parts[0]] else { return false }
            return parts.count < 2 || parts[1] == value
        }
    }
}

extension VolumeFilter {
    /// What `prune` takes: unused volumes, the anonymous ones unless all are asked for.
    public static func isPrunable(_ volume: Volume, isUsed: Bool, all: Bool) -> Bool {
        !isUsed && (all || volume.isAnonymous)
    }
}
