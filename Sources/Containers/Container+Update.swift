import Linux
public import Supervision
import SystemPackage

extension Container {
    /// Gives the container other limits and another policy, at once if it runs and with each start from now on.
    ///
    /// - Returns: the container as it is then.
    public func update(resources: Resources, restart: RestartPolicy) throws(ContainerError) -> Container {
        guard !configuration.removesItself || restart == configuration.restart else {
            let what = "restart policy cannot be updated because AutoRemove is enabled for the container"
            throw .unsupported(name: name, what: what)
        }
        var changed = configuration
        changed.resources = resources
        changed.restart = restart
        do throws(InvalidSetting) { try changed.check() } catch { throw .invalid(error) }
        let updated = Container(store: store, configuration: changed)
        if try status.isActive { try updated.adjust() }
        try store.rewrite(changed)
        updated.note("update")
        return updated
    }

    /// Has the container that runs live by its record.
    private func adjust() throws(ContainerError) {
        guard let order else { return }
        let layout = try systemCall { () throws(SystemError) in try CgroupLayout.current() }
        let group = try Settlement(store: store, configuration: configuration)
            .adjustedCgroup(order.cgroups, in: layout)
        let fresh = group.paths.filter { !order.cgroups.contains($0) }
        if let first = order.cgroups.first {
            for path in fresh { try move(CgroupFolder(FilePath(first)).processes(), to: path) }
        }
        try amendOrder { order in
            order.restart = configuration.restart
            order.cgroups += fresh
            order.groupsJoinedLater += fresh
            order.teardown = fresh.map { .removeCgroup($0) } + order.teardown
        }
    }

    /// A process that ends meanwhile need not be moved.
    private func move(_ processes: [Int32], to group: String) throws(ContainerError) {
        for process in processes {
            do throws(SystemError) {
                try WholeFile.write("\(process)", to: FilePath(group).appending("cgroup.procs"))
            } catch {
                guard error.errno == .noSuchProcess else { throw .system(error) }
            }
        }
    }
}

extension Settlement {
    /// The control group that there is, with the configuration's limits; on cgroup v1 with hierarchies that it had no need of
    /// before. Devices stay as they are.
    fileprivate func adjustedCgroup(_ paths: [String], in layout: CgroupLayout) throws(ContainerError) -> Cgroup {
        let limits = try limits(in: layout)
        let name = layout.groupName(configuration.id, parent: configuration.namespaces.cgroupParent)
        func apply(_ limits: CgroupLimits) throws(SystemError) -> Cgroup {
            try Cgroup.adjust(paths, named: name, in: layout, limits: limits)
        }
        return try systemCall { () throws(SystemError) in
            do throws(SystemError) {
                return try apply(limits)
            } catch {
                // The bound of memory may not be above that of memory and swap: when it grows, that one comes first.
                guard error.errno == .invalidArgument, let memory = limits.memory else { throw error }
                var swap = CgroupLimits()
                swap.memorySwap = limits.memorySwap ?? memory * 2
                _ = try apply(swap)
                return try apply(limits)
            }
        }
    }
}
