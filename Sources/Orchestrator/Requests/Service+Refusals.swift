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
            throw refusal(conflict.key, "conflicting options: \(conflict.what)")
        }
        for (key, why) in Self.foreign where places[key] != nil { throw refusal(key, why) }
    }

    private func refusal(_ key: String, _ why: String) -> PlanError {
        .unsupported(service: name, key: key, why: why, place: places[key].map { "\($0)" })
    }

    /// What a container has from the one whose network it shares, in Docker's words.
    private var conflictsWithSharedNetwork: [(key: String, what: String, isSet: Bool)] {
        switch networkMode {
        case .service, .container: break
        default: return []
        }
        return [
            ("hostname", "hostname and the network mode", hostname != nil),
            (
                "external_links",
                "container type network can't be used with links. This would result in undefined behavior",
                !externalLinks.isEmpty
            ),
            ("dns", "dns and the network mode", !dns.isEmpty),
            ("extra_hosts", "custom host-to-IP mapping and the network mode", !extraHosts.isEmpty),
            ("mac_address", "mac-address and the network mode", macAddress != nil),
            ("ports", "port publishing and the container type network mode", !ports.isEmpty),
            ("expose", "port exposing and the container type network mode", !exposed.isEmpty),
        ]
    }

    /// Why ports are not published, where nobody asks for a network that they could be published on.
    var discardsPorts: String? {
        guard !ports.isEmpty, networkMode == .host || networkMode == .some(.none) else { return nil }
        let mode = networkMode == .host ? "host" : "none"
        return "service \(name): Published ports are discarded when using \(mode) network mode"
    }

    private static let foreign: KeyValuePairs = [
        "cpu_count": "is for Windows only",
        "cpu_percent": "is for Windows only",
        "credential_spec": "is for Windows only",
        "isolation": "is for Windows only",
        "use_api_socket": "there is no engine to talk to",
    ]
}
