import JSON
import Linux
import NameResolution
import Networks
import Orchestrator

extension Docker {
    /// `docker network create`
    struct CreateNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK",
            summary: "Make a network",
            flags: [
                driver, subnet, gateway, range, auxiliary, isInternal, ipv4, ipv6, DockerFlag.label, option, attachable,
            ],
            arity: .exactly(1)
        )

        private static let driver = Flag<String>.text("-d, --driver", "Driver", default: "bridge")
        private static let subnet = Flag.list("--subnet", "Addresses in CIDR notation", placeholder: "strings")
        private static let gateway = Flag.list("--gateway", "The bridge's own address", placeholder: "strings")
        private static let range = Flag.list("--ip-range", "Part of the addresses to give out", placeholder: "strings")
        private static let auxiliary = Flag.list(
            "--aux-address",
            "Address not to give out: NAME=ADDRESS",
            placeholder: "map"
        )
        private static let isInternal = Flag.toggle("--internal", "Let nothing on it reach anything outside")
        private static let ipv4 = Flag.toggle("--ipv4", "Give out IPv4 addresses", default: true)
        private static let ipv6 = Flag.toggle("--ipv6", "Give out IPv6 addresses")
        private static let option = Flag.list("-o, --opt", "Option of the driver: NAME=VALUE", placeholder: "map")
        private static let attachable = Flag.toggle("--attachable", "Has no effect").hidden

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            var request = Networks.NetworkRequest(name: arguments.positionals[0])
            request.driver = arguments[Self.driver]
            request.isInternal = arguments[Self.isInternal]
            request.hasIPv4 = arguments[Self.ipv4]
            request.hasIPv6 = arguments[Self.ipv6]
            request.labels = LabelText.labels(arguments[DockerFlag.label])
            request.options = LabelText.labels(arguments[Self.option])
            request.pools = try pools()
            let network = try session.engine.networks.create(request)
            if let obstacle = try session.engine.networks.obstacle(for: network) {
                Console.note("WARNING: \(obstacle)")
            }
            try Console.print("\(network.id)\n")
            return 0
        }

        /// Refuses what lies in none of the subnets.
        private func checkBelonging(_ auxiliary: [String: String]) throws {
            let subnets = arguments[Self.subnet].compactMap { Subnet($0) }
            let kinds = [
                ("gateway", arguments[Self.gateway]), ("ip-range", arguments[Self.range]),
                ("aux-address", auxiliary.values.sorted()),
            ]
            for (kind, texts) in kinds {
                for text in texts {
                    let address = Subnet(text)?.base ?? IPAddress(text)
                    guard !subnets.contains(where: { subnet in address.map { subnet.contains($0) } ?? false }) else {
                        continue
                    }
                    throw Failure("no matching subnet for \(kind) \(text)")
                }
            }
        }

        /// A pool a subnet; gateways, ranges and the rest belong to the subnet that they lie in.
        private func pools() throws -> [AddressPool] {
            let auxiliary = LabelText.labels(arguments[Self.auxiliary])
            try checkBelonging(auxiliary)
            return try arguments[Self.subnet].map { text in
                guard let subnet = Subnet(text) else { throw NetworksError.notASubnet(text) }
                let isInside = { (text: String) in IPAddress(text).map { subnet.contains($0) } ?? false }
                return try AddressPool(
                    subnet: text,
                    gateway: arguments[Self.gateway].first(where: isInside),
                    range: arguments[Self.range].first { Subnet($0).map { subnet.contains($0.base) } ?? false },
                    reserved: auxiliary.filter { isInside($0.value) }
                )
            }
        }
    }

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

extension Network {
    /// What `inspect` prints of a network.
    fileprivate func inspection(endpoints: [(address: IPAddress, lease: NameLease)]) -> JSONValue {
        var members: [String: [String: String]] = [:]
        for (address, lease) in endpoints {
            let prefix = pool(of: address)?.subnet.prefixLength ?? address.family.width
            let key = address.family == .v4 ? "IPv4Address" : "IPv6Address"
            var member = members[lease.containerID] ?? ["IPv4Address": "", "IPv6Address": "", "EndpointID": ""]
            member["Name"] = lease.containerName
            member["MacAddress"] = lease.mac
            member[key] = "\(address)/\(prefix)"
            members[lease.containerID] = member
        }
        return [
            "Name": .string(name),
            "Id": .string(id),
            "Created": .string(TimeText.rfc3339(createdAt)),
            "Scope": "local",
            "Driver": .string(driver.rawValue),
            "EnableIPv4": .bool(has(.v4)),
            "EnableIPv6": .bool(has(.v6)),
            "IPAM": [
                "Driver": "default",
                "Options": .null,
                "Config": .array(pools.map(\.inspection)),
            ],
            "Internal": .bool(isInternal),
            "Attachable": false,
            "Ingress": false,
            "ConfigFrom": ["Network": ""],
            "ConfigOnly": false,
            "Containers": .object(members.sorted { $0.key < $1.key }.map { .init($0.key, .strings($0.value)) }),
            "Options": .strings(options),
            "Labels": .strings(labels),
        ]
    }
}

extension AddressPool {
    fileprivate var inspection: JSONValue {
        var members: [JSONValue.Member] = [
            .init("Subnet", .string("\(subnet)")), .init("Gateway", .string("\(gateway)")),
        ]
        if let range { members.append(.init("IPRange", .string("\(range)"))) }
        if !reserved.isEmpty {
            members.append(.init("AuxiliaryAddresses", .strings(reserved.mapValues { "\($0)" })))
        }
        return .object(members)
    }
}
