import OCI
import Orchestrator

/// The conditions of `docker ps --filter`: one of each kind must hold.
struct ContainerFilter {
    private static let keys: Set<String> = [
        "id", "name", "label", "exited", "status", "ancestor", "before", "since", "volume", "network", "health",
        "publish", "expose",
    ]

    private let filters: [String: [String]]
    private let names: [NamePattern]?
    private let ports: [String: [PortRange]]

    init(_ texts: [String]) throws(UsageError) {
        let filters = try Docker.filters(texts, known: Self.keys)
        var ports: [String: [PortRange]] = [:]
        for key in ["publish", "expose"] {
            guard let texts = filters[key] else { continue }
            ports[key] = try texts.map { text throws(UsageError) in try PortRange(text, of: key) }
        }
        names = filters["name"]?.map(NamePattern.init)
        self.filters = filters
        self.ports = ports
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
            ("status", { summary.state == $0 }),
            ("exited", { summary.state == "exited" && "\(summary.exitCode)" == $0 }),
            ("ancestor", { ancestor(summary, $0) }),
            ("network", { summary.networks.contains($0) }),
            ("health", { health == $0 }),
            (
                "volume",
                { volume in
                    summary.mounts.contains(volume) || summary.configuration.mounts.contains { $0.target == volume }
                }
            ),
        ]
        let hold = facts.allSatisfy { fact in filters[fact.key].map { $0.contains(where: fact.holds) } ?? true }
        return hold && names?.contains { $0.matches(summary.name) } ?? true && hasPorts(summary)
            && Docker.matches(summary.configuration.labels, filters["label"])
    }

    private func hasPorts(_ summary: ContainerSummary) -> Bool {
        let held = summary.heldPorts
        let published = held.filter { $0.hostPort > 0 }.map { ($0.hostPort, $0.transport.rawValue) }
        let exposed = summary.configuration.exposedPorts.map { ($0.containerPort, $0.transport) }
        let present = [
            "publish": published, "expose": exposed + held.map { ($0.targetPort, $0.transport.rawValue) },
        ]
        return ports.allSatisfy { key, ranges in ranges.contains { $0.holds(of: present[key] ?? []) } }
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

    /// - Parameter key: The filter's name.
    init(_ text: String, of key: String) throws(UsageError) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        let bounds = (parts.first ?? "").split(separator: "-").map { UInt16($0) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last, bounds.count < 3 else {
            throw .conflict("invalid filter '\(key)=\(text)': not PORT[-PORT][/PROTOCOL]")
        }
        ports = first...last
        transport = parts.count > 1 ? parts[1] : "tcp"
    }

    func holds(of ports: [(UInt16, String)]) -> Bool {
        ports.contains { self.ports.contains($0.0) && $0.1 == transport }
    }
}
