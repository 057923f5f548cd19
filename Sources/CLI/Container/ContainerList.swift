import Containers
import Linux
import Orchestrator

extension Docker {
    /// `docker ps`
    struct ContainerList: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "List containers",
            flags: [
                all, DockerFlag.filter, DockerFlag.format, last, latest, DockerFlag.noTruncation, DockerFlag.quiet,
                size,
            ],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Show those too that do not run")
        private static let last = Flag.number("-n, --last", "Show so many of the newest", shownDefault: -1)
        private static let latest = Flag.toggle("-l, --latest", "Show the newest")
        private static let size = Flag.toggle("-s, --size", "Show sizes")

        private let arguments: Arguments
        private let filter: ContainerFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try ContainerFilter(arguments[DockerFlag.filter])
        }

        func run(_ session: Session) throws -> Int32 {
            let now = WallClock.now
            let engine = session.engine
            var summaries = try engine.containers.all().map { try ContainerSummary($0, now: now) }
            let count = arguments[Self.latest] ? 1 : arguments[Self.last].flatMap { $0 >= 0 ? $0 : nil }
            let showsAll = arguments[Self.all] || count != nil || filter.impliesAll
            summaries = try filter.apply(to: summaries.filter { showsAll || $0.status.isActive }, engine)
            if let count { summaries = Array(summaries.prefix(count)) }
            guard !arguments[DockerFlag.quiet] else {
                let ids = summaries.map { arguments[DockerFlag.noTruncation] ? $0.id : String($0.id.prefix(12)) }
                try Console.print(ids.map { "\($0)\n" }.joined())
                return 0
            }
            try Console.print(listing(summaries, session).text(arguments[DockerFlag.format]))
            return 0
        }

        private func listing(_ summaries: [ContainerSummary], _ session: Session) -> Listing {
            var listing = Listing(
                [
                    .init("ID", "CONTAINER ID"), .init("Image", "IMAGE"), .init("Command", "COMMAND"),
                    .init("RunningFor", "CREATED"), .init("Status", "STATUS"), .init("Ports", "PORTS"),
                    .init("Names", "NAMES"),
                ],
                further: [.init("CreatedAt", "CREATED AT"), .init("LocalVolumes", "LOCAL VOLUMES")]
            )
            if arguments[Self.size] { listing.columns.append(.init("Size", "SIZE")) }
            let layers = session.engine.images.layers
            listing.rows = summaries.map { summary in
                let row = summary.row(isCut: !arguments[DockerFlag.noTruncation])
                guard arguments[Self.size] else { return row }
                let written = summary.writtenBytes
                let whole = ByteSize(written + summary.imageBytes(layers)).decimal(digits: 3)
                let text = "\(ByteSize(written).decimal(digits: 3)) (virtual \(whole))"
                return row.replacing("Size", with: .string(text))
            }
            return listing
        }
    }
}

/// The conditions of `docker ps --filter`: one of each kind must hold.
struct ContainerFilter {
    private static let keys: Set<String> = [
        "id", "name", "label", "exited", "status", "ancestor", "before", "since", "volume", "network", "health",
        "publish", "expose",
    ]

    private let filters: [String: [String]]

    init(_ texts: [String]) throws(UsageError) {
        filters = try Docker.filters(texts, known: Self.keys)
    }

    /// Whether the conditions speak of containers that do not run.
    var impliesAll: Bool { filters["status"] != nil || filters["exited"] != nil }

    /// The containers, newest first, that meet the conditions.
    func apply(to summaries: [ContainerSummary], _ engine: LocalEngine) throws -> [ContainerSummary] {
        var summaries = summaries.filter(matches)
        if let reference = filters["before"]?.last {
            let limit = try engine.containers.find(reference).configuration.createdAt
            summaries = summaries.filter { $0.configuration.createdAt < limit }
        }
        if let reference = filters["since"]?.last {
            let limit = try engine.containers.find(reference).configuration.createdAt
            summaries = summaries.filter { $0.configuration.createdAt > limit }
        }
        return summaries
    }

    private func matches(_ summary: ContainerSummary) -> Bool {
        let health = summary.health.isEmpty ? "none" : summary.health
        let facts: [(key: String, holds: (String) -> Bool)] = [
            ("id", { summary.id.hasPrefix($0) }),
            ("name", { NamePattern($0).matches(summary.name) }),
            ("status", { summary.state == $0 }),
            ("exited", { summary.state == "exited" && "\(summary.exitCode)" == $0 }),
            ("ancestor", { ancestor(summary, $0) }),
            ("network", { summary.networks.contains($0) }),
            ("health", { health == $0 }),
            (
                "publish",
                { PortRange($0)?.holds(of: summary.heldPorts.map { ($0.hostPort, $0.transport.rawValue) }) == true }
            ),
            (
                "expose",
                { text in
                    let ports = summary.configuration.exposedPorts.map { ($0.containerPort, $0.transport) }
                    let held = summary.heldPorts.map { ($0.targetPort, $0.transport.rawValue) }
                    return PortRange(text)?.holds(of: ports + held) == true
                }
            ),
            (
                "volume",
                { volume in
                    summary.mounts.contains(volume) || summary.configuration.mounts.contains { $0.target == volume }
                }
            ),
        ]
        let hold = facts.allSatisfy { fact in filters[fact.key].map { $0.contains(where: fact.holds) } ?? true }
        return hold && Docker.matches(summary.configuration.labels, filters["label"])
    }

    private func ancestor(_ summary: ContainerSummary, _ image: String) -> Bool {
        let names = [summary.configuration.image, summary.configuration.imageID]
        return names.contains(image) || names.contains("\(image):latest")
            || summary.configuration.imageID.hasPrefix("sha256:\(image)")
    }
}

/// What a filter by name says: part of it, or a regular expression, before which Docker knows a slash.
struct NamePattern {
    private let text: String

    init(_ text: String) { self.text = text }

    func matches(_ name: String) -> Bool {
        if name.contains(text) { return true }
        guard let pattern = try? Regex(text) else { return false }
        return name.contains(pattern) || "/\(name)".contains(pattern)
    }
}

/// A filter by port: `PORT[-PORT][/TRANSPORT]`.
private struct PortRange {
    private let ports: ClosedRange<UInt16>
    private let transport: String

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        let bounds = (parts.first ?? "").split(separator: "-").map { UInt16($0) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last, bounds.count < 3 else {
            return nil
        }
        ports = first...last
        transport = parts.count > 1 ? parts[1] : "tcp"
    }

    func holds(of ports: [(UInt16, String)]) -> Bool {
        ports.contains { self.ports.contains($0.0) && $0.1 == transport }
    }
}
