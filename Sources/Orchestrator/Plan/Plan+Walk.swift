extension Plan {
    /// Adds the steps of one service after another, each service's after those of the services that come before it.
    ///
    /// A service that adds nothing passes on what it would have waited for, so that order holds across it.
    ///
    /// - Returns: by service, the steps after which it is done.
    @discardableResult
    mutating func walk(
        _ services: [String],
        each before: (String) -> [String],
        _ add: (inout Plan, String, Set<Int>) -> Set<Int>
    ) -> [String: Set<Int>] {
        var done: [String: Set<Int>] = [:]
        for service in services {
            let waits = before(service).reduce(into: Set<Int>()) { $0.formUnion(done[$1] ?? []) }
            let own = add(&self, service, waits)
            done[service] = own.isEmpty ? waits : own
        }
        return done
    }

    /// Adds the hooks of one moment, one after the other, and gives the last one's number.
    mutating func addHooks(_ hooks: [Hook], in container: ContainerIdentity, after: Set<Int>, because cause: String)
        -> Set<Int>
    {
        hooks.reduce(after) { previous, hook in [add(.runHook(container, hook), after: previous, because: cause)] }
    }

    /// Adds what stops a container: its hooks, then the stop. Gives the stop's number.
    mutating func addStop(
        _ container: ObservedContainer,
        hooks: [Hook] = [],
        timeout: Int?,
        after: Set<Int> = [],
        because cause: String
    ) -> Int {
        let ready =
            container.status == .running
            ? addHooks(hooks, in: container.identity, after: after, because: cause) : after
        return add(.stopContainer(container.identity, timeout: timeout), after: ready, because: cause)
    }

    /// Adds what removes a container, which is stopped first if it has a process. Gives the last step's number.
    mutating func addRemoval(
        _ container: ObservedContainer,
        hooks: [Hook] = [],
        timeout: Int?,
        withAnonymousVolumes: Bool = false,
        after: Set<Int> = [],
        because cause: String
    ) -> Int {
        var ready = after
        if container.isActive {
            ready = [addStop(container, hooks: hooks, timeout: timeout, after: after, because: cause)]
        }
        return add(
            .removeContainer(container.identity, withAnonymousVolumes: withAnonymousVolumes),
            after: ready,
            because: cause
        )
    }
}
