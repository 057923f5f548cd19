import Containers
import Orchestrator
import Supervision

extension Docker {
    /// `docker update`
    struct Update: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Change limits and the restart policy of containers",
            flags: changes.map(\.flag) + [restart],
            arity: .atLeast(1)
        )

        private static let restart = Flag<String?>.text(
            "--restart",
            "When it is started again: no, on-failure[:N], always, unless-stopped"
        )

        private typealias Change = @Sendable (inout Resources, Resources) -> Void

        /// What each flag changes, from the resources that the flags describe.
        private static let changes: [(flag: any FlagDeclaration, change: Change)] = [
            (ContainerFlag.blockWeight, { $0.blockWeight = $1.blockWeight }),
            (ContainerFlag.cpuPeriod, { $0.cpuPeriod = $1.cpuPeriod }),
            (ContainerFlag.cpuQuota, { $0.cpuQuota = $1.cpuQuota }),
            (ContainerFlag.cpuRealtimePeriod, { $0.cpuRealtimePeriod = $1.cpuRealtimePeriod }),
            (ContainerFlag.cpuRealtimeRuntime, { $0.cpuRealtimeRuntime = $1.cpuRealtimeRuntime }),
            (ContainerFlag.cpuShares, { $0.cpuShares = $1.cpuShares }),
            (ContainerFlag.cpus, { $0.nanoCPUs = $1.nanoCPUs }),
            (ContainerFlag.cpusetCPUs, { $0.cpusetCPUs = $1.cpusetCPUs }),
            (ContainerFlag.cpusetMemories, { $0.cpusetMemories = $1.cpusetMemories }),
            (ContainerFlag.memory, { $0.memory = $1.memory }),
            (ContainerFlag.memoryReservation, { $0.memoryReservation = $1.memoryReservation }),
            (ContainerFlag.memorySwap, { $0.memorySwap = $1.memorySwap }),
            (ContainerFlag.pids, { $0.pids = $1.pids }),
        ]

        private let arguments: Arguments
        private let wished: Resources
        private let policy: RestartPolicy?

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            wished = try Resources(arguments)
            policy = try arguments[Self.restart].map { text throws(UsageError) in try RestartPolicy(flag: text) }
            let isGiven = policy != nil || Self.changes.contains { arguments.has($0.flag) }
            guard isGiven else {
                throw UsageError.conflict("you must provide one or more flags when using this command")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                let container = try session.engine.containers.find(name)
                var resources = container.configuration.resources
                for (flag, change) in Self.changes where arguments.has(flag) { change(&resources, wished) }
                _ = try container.update(
                    resources: resources,
                    restart: policy ?? container.configuration.restart
                )
                return name
            }
        }
    }
}
