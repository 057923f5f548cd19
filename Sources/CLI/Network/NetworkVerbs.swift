import JSON
import Linux
import NameResolution
import Networks
import Orchestrator

extension Docker {
    /// `docker network ls`
    struct NetworkList: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "List networks",
            flags: [DockerFlag.filter, DockerFlag.format, DockerFlag.noTruncation, DockerFlag.quiet],
            arity: .none
        )

        private let arguments: Arguments
        private let filters: [String: [String]]

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filters = try Docker.filters(
                arguments[DockerFlag.filter],
                known: ["driver", "id", "label", "name", "scope", "type", "dangling"]
            )
        }

        func run(_ session: Session) throws -> Int32 {
            let used = try Set(session.engine.containers.all().flatMap { try ContainerSummary($0).networks })
            let networks = try session.engine.networks.list().filter { matches($0, used) }
            let isCut = !arguments[DockerFlag.noTruncation]
            guard !arguments[DockerFlag.quiet] else {
                try Console.print(networks.map { "\(isCut ? $0.id.shortIdentifier : $0.id)\n" }.joined())
                return 0
            }
            var listing = Listing(
                [.init("ID", "NETWORK ID"), .init("Name", "NAME"), .init("Driver", "DRIVER"), .init("Scope", "SCOPE")],
                further: [.init("CreatedAt", "CREATED AT")]
            )
            listing.rows = networks.map { row($0, isCut: isCut) }
            try Console.print(listing.text(arguments[DockerFlag.format]))
            return 0
        }

        private func matches(_ network: Network, _ used: Set<String>) -> Bool {
            let type = network.isPredefined ? "builtin" : "custom"
            let facts: [(key: String, holds: (String) -> Bool)] = [
                ("driver", { network.driver.rawValue == $0 }),
                ("id", { network.id.hasPrefix($0) }),
                ("name", { NamePattern($0).matches(network.name) }),
                ("scope", { $0 == "local" }),
                ("type", { type == $0 }),
                (
                    "dangling",
                    { ["true", "1"].contains($0) == (!used.contains(network.name) && !network.isPredefined) }
                ),
            ]
            let hold = facts.allSatisfy { fact in filters[fact.key].map { $0.contains(where: fact.holds) } ?? true }
            return hold && Docker.matches(network.labels, filters["label"])
        }

        private func row(_ network: Network, isCut: Bool) -> JSONValue {
            let labels = network.labels.sorted { $0.key < $1.key }
            return [
                "CreatedAt": .string(TimeText.table(network.createdAt)),
                "Driver": .string(network.driver.rawValue),
                "ID": .string(isCut ? network.id.shortIdentifier : network.id),
                "IPv4": .string("\(network.has(.v4))"),
                "IPv6": .string("\(network.has(.v6))"),
                "Internal": .string("\(network.isInternal)"),
                "Label": .strings(network.labels),
                "Labels": .string(labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
                "Name": .string(network.name),
                "Scope": "local",
            ]
        }
    }

    /// `docker network inspect`
    struct InspectNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK [NETWORK...]",
            summary: "Tell everything about networks",
            flags: [DockerFlag.inspectFormat],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let networks = session.engine.networks
            let inspection = Inspection(format: arguments[DockerFlag.inspectFormat])
            return try inspection.print(arguments.positionals) { try Self.value(of: $0, in: networks) }
        }

        /// What is printed of one network.
        static func value(of name: String, in networks: NetworkStore) throws -> JSONValue {
            let network = try networks.find(name)
            return network.inspection(endpoints: try networks.endpoints(of: network))
        }
    }

    /// `docker network rm`
    struct RemoveNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK [NETWORK...]",
            summary: "Remove networks",
            flags: [force],
            arity: .atLeast(1)
        )

        private static let force = Flag.toggle("-f, --force", "Take no offence where there is none")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                do {
                    try session.engine.networks.remove(name)
                } catch NetworksError.notFound where arguments[Self.force] {}
                return name
            }
        }
    }

    /// `docker network prune`
    struct PruneNetworks: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove networks that nobody uses",
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
            let warning = "This will remove all custom networks not used by at least one container."
            guard try isForced || Question.confirm(warning: warning) else { return 0 }
            try Console.print(Self.prune(session, filter).list(heading: "Deleted Networks:"))
            return 0
        }

        /// Removes what no container is on.
        static func prune(_ session: Session, _ filter: PruneFilter) throws -> Pruned {
            let used = try Set(session.engine.containers.all().flatMap { try ContainerSummary($0).networks })
            let removed = try session.engine.networks.prune {
                $0.isPredefined || used.contains($0.name) || !filter.takes($0.labels, createdAt: $0.createdAt)
            }
            return Pruned(names: removed)
        }
    }
}
