import Units
import YAML

/// Whether what a service says in one attribute agrees with what it says in another.
struct ServiceConsistency {
    let service: Node
    /// All enabled services.
    let services: Mapping
    let path: NodePath

    func check() throws(LoadError) {
        try checkContexts()
        try checkPlatforms()
        try checkLimits()
        try checkDevices()
        try checkWatches()
        try checkHooks()
        if let interval = service["healthcheck"]?["start_interval"], service["healthcheck"]?["start_period"] == nil {
            throw LoadError(.needs("start_period"), at: path / "healthcheck" / "start_interval", of: interval)
        }
    }

    private func checkContexts() throws(LoadError) {
        for entry in service["build"]?["additional_contexts"]?.entries ?? [] {
            guard let name = entry.value.string.flatMap(ServiceReference.name) else { continue }
            let place = path / "build" / "additional_contexts" / entry.key.text
            guard let other = services[name] else {
                let nearest = Nearness.nearest(to: name, among: services.entries.map(\.key.text))
                throw LoadError(.undefined(kind: "service", name: name, nearest: nearest), at: place, of: entry.value)
            }
            guard other["build"] == nil else { continue }
            throw LoadError(.notBuilt(service: name), at: place, of: entry.value)
        }
    }

    private func checkPlatforms() throws(LoadError) {
        guard let platform = service["platform"]?.string, let platforms = service["build"]?["platforms"],
            !platforms.items.isEmpty, !platforms.items.contains(where: { $0.string == platform })
        else { return }
        throw LoadError(.lacksPlatform(platform), at: path / "build" / "platforms", of: platforms)
    }

    /// The old attributes, and those of `deploy.resources` that say the same.
    private static let twins: [(old: String, section: String, key: String)] = [
        ("cpus", "limits", "cpus"), ("mem_limit", "limits", "memory"), ("pids_limit", "limits", "pids"),
        ("mem_reservation", "reservations", "memory"),
    ]

    private func checkLimits() throws(LoadError) {
        for twin in Self.twins {
            guard let old = service[twin.old], let amount = Self.amount(old), amount != 0,
                let section = service["deploy"]?["resources"]?[twin.section]
            else { continue }
            // What the section does not limit counts as zero, as it does elsewhere.
            guard Self.amount(section[twin.key]) ?? 0 != amount else { continue }
            throw LoadError(
                .conflicting(twin.old, "deploy.resources.\(twin.section).\(twin.key)"),
                at: path / twin.old,
                of: old
            )
        }
    }

    private static func amount(_ node: Node?) -> Double? {
        guard let text = node?.scalarText else { return nil }
        return Double(text) ?? SizeText.bytes(text).map(Double.init)
    }

    private func checkDevices() throws(LoadError) {
        let reserved = path / "deploy" / "resources" / "reservations" / "devices"
        let requests = [
            (service["gpus"], path / "gpus"),
            (service["deploy"]?["resources"]?["reservations"]?["devices"], reserved),
        ]
        for (list, place) in requests {
            for (index, request) in (list?.items ?? []).enumerated() {
                guard request["count"] != nil, let identifiers = request["device_ids"] else { continue }
                throw LoadError(.exclusive("count", "device_ids"), at: place[index], of: identifiers)
            }
        }
    }

    private func checkWatches() throws(LoadError) {
        for (index, watch) in (service["develop"]?["watch"]?.items ?? []).enumerated() {
            guard let action = watch["action"]?.string, action.contains("sync") else { continue }
            guard watch["target"]?.string?.isEmpty ?? true else { continue }
            throw LoadError(.missingKey("target"), at: (path / "develop" / "watch")[index], of: watch)
        }
    }

    private func checkHooks() throws(LoadError) {
        for (index, hook) in (service["pre_start"]?.items ?? []).enumerated() {
            guard let perReplica = hook["per_replica"], perReplica.bool == true else { continue }
            throw LoadError(
                .malformed("true", expected: "supported: the hook runs once for all replicas"),
                at: (path / "pre_start")[index] / "per_replica",
                of: perReplica
            )
        }
    }
}
