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
        for (key, why) in Self.foreign where places[key] != nil { throw refusal(key, why) }
    }

    private func refusal(_ key: String, _ why: String) -> PlanError {
        .unsupported(service: name, key: key, why: why)
    }

    private static let foreign: KeyValuePairs = [
        "cpu_count": "is for Windows only",
        "cpu_percent": "is for Windows only",
        "credential_spec": "is for Windows only",
        "isolation": "is for Windows only",
        "use_api_socket": "there is no engine to talk to",
    ]
}
