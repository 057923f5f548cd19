import ComposeSpec

extension Service {
    /// Refuses attributes that no container of ours can have: none of them is left out silently.
    func refuseWhatCannotBeHad() throws(PlanError) {
        if let runtime, !ContainerRequest.ownRuntimes.contains(runtime) {
            throw refusal("runtime", "unknown or invalid runtime name: \(runtime)")
        }
        if let request = resources.deviceRequests.first {
            let capabilities = request.capabilities.joined(separator: " ")
            let key = places["gpus"] == nil ? "deploy.resources.reservations.devices" : "gpus"
            throw refusal(
                key,
                "could not select device driver \"\(request.driver ?? "")\" with capabilities: [[\(capabilities)]]"
            )
        }
        if let option = storageOptions.keys.min() {
            throw refusal("storage_opt", "\(option): overlay has no options for single containers")
        }
        for conflict in conflictsWithSharedNetwork where conflict.isSet {
            throw refusal(conflict.key, conflict.what.description)
        }
        for (key, why) in Self.foreign where places[key] != nil { throw refusal(key, why) }
    }

    private func refusal(_ key: String, _ why: String) -> PlanError {
        .unsupported(service: name, key: key, why: why, place: places[key].map { "\($0)" })
    }

    private var conflictsWithSharedNetwork: [(key: String, what: NetworkConflict, isSet: Bool)] {
        switch networkMode {
        case .service, .container: break
        default: return []
        }
        return [
            ("hostname", .hostname, hostname != nil), ("external_links", .links, !externalLinks.isEmpty),
            ("dns", .dns, !dns.isEmpty), ("extra_hosts", .extraHosts, !extraHosts.isEmpty),
            ("mac_address", .hardwareAddress, macAddress != nil), ("ports", .publishedPorts, !ports.isEmpty),
            ("expose", .exposedPorts, !exposed.isEmpty),
        ]
    }

    /// Why ports are not published, where nobody asks for a network that they could be published on.
    var discardsPorts: String? {
        guard !ports.isEmpty, networkMode == .host || networkMode == .some(.none) else { return nil }
        let mode = networkMode == .host ? "host" : "none"
        return "service \(name): \(NetworkConflict.discardedPorts(mode))"
    }

    private static let foreign: KeyValuePairs = [
        "cpu_count": "is for Windows only",
        "cpu_percent": "is for Windows only",
        "credential_spec": "is for Windows only",
        "isolation": "is for Windows only",
        "use_api_socket": "there is no engine to talk to",
    ]
}
