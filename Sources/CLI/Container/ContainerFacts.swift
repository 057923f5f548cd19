import Containers
import Orchestrator
import Storage

extension Docker {
    /// `docker port`
    struct Port: Command {
        static let usage = Usage(
            synopsis: "CONTAINER [PRIVATE_PORT[/PROTO]]",
            summary: "List what a container publishes",
            arity: .atLeast(1)
        )

        private let name: String
        private let wanted: String?

        init(_ arguments: Arguments) throws {
            name = arguments.positionals[0]
            wanted = arguments.positionals.dropFirst().first.map { $0.contains("/") ? $0 : "\($0)/tcp" }
        }

        func run(_ session: Session) throws -> Int32 {
            let summary = try ContainerSummary(session.engine.containers.find(name))
            let lines = summary.heldPorts.compactMap { port -> String? in
                let target = "\(port.targetPort)/\(port.transport.rawValue)"
                guard let wanted else { return "\(target) -> \(port.place)\n" }
                return wanted == target ? "\(port.place)\n" : nil
            }
            if let wanted, lines.isEmpty { throw Failure("no public port '\(wanted)' published for \(name)") }
            try Console.print(lines.joined())
            return 0
        }
    }

    /// `docker container prune`
    struct PruneContainers: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove all containers that do not run",
            flags: [PruneFilter.flag, DockerFlag.force],
            arity: .none
        )

        private let isForced: Bool
        private let filter: PruneFilter

        init(_ arguments: Arguments) throws {
            isForced = arguments[DockerFlag.force]
            filter = try PruneFilter(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            guard try isForced || Question.confirm(warning: "This will remove all stopped containers.") else {
                return 0
            }
            try Console.print(Self.prune(session, filter).text(heading: "Deleted Containers:"))
            return 0
        }

        /// Removes what does not run.
        static func prune(_ session: Session, _ filter: PruneFilter) throws -> Pruned {
            var pruned = Pruned()
            try session.engine.sweep()
            for container in try session.engine.containers.all() {
                let configuration = container.configuration
                guard try !container.status.isActive,
                    filter.takes(configuration.labels, createdAt: configuration.createdAt)
                else { continue }
                pruned.bytes += DiskUse.bytes(below: container.upperFolder)
                try session.engine.remove(container.id)
                pruned.names.append(container.id)
            }
            return pruned
        }
    }
}

/// What a `prune` removed.
struct Pruned {
    var names: [String] = []
    var bytes: Int64 = 0

    /// What went, and how much room that makes.
    func text(heading: String) -> String {
        list(heading: heading) + "Total reclaimed space: \(ByteSize(bytes).decimal())\n"
    }

    /// What went.
    func list(heading: String) -> String {
        names.isEmpty ? "" : "\(heading)\n" + names.map { "\($0)\n" }.joined() + "\n"
    }
}
