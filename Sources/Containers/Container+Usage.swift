public import Linux
import SystemPackage

/// What a container uses, at a moment.
public struct ContainerUsage: Hashable, Sendable {
    /// When, on the monotonic clock.
    public var time: MonotonicTime
    /// What its control group accounts for.
    public var group: CgroupUsage
    /// What has gone through its network.
    public var traffic: InterfaceTraffic
}

extension Container {
    /// What the container uses now; nil if it does not run.
    public func usage() throws(ContainerError) -> ContainerUsage? {
        guard let state = try status.state, state.pid > 0, let order else { return nil }
        return ContainerUsage(
            time: .now,
            group: CgroupUsage(order.cgroups.map { FilePath($0) }),
            traffic: InterfaceTraffic(process: state.pid)
        )
    }
}
