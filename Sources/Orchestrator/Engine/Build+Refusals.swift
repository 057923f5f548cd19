import ComposeSpec

extension Service.Build {
    /// Refuses what no build of ours can have.
    func refuseWhatCannotBeHad(_ service: String) throws(EngineError) {
        if let sbom, Self.isWanted(sbom) {
            throw refusal("sbom", "no scanner writes bills of materials here", service)
        }
        let unknown = entitlements.first { !["network.host", "security.insecure"].contains($0) }
        if let unknown { throw refusal("entitlements", "there is no \(unknown)", service) }
        if let isolation, !isolation.isEmpty, isolation != "default" {
            throw refusal("isolation", "is for Windows only", service)
        }
    }

    /// What the build does without, to be told.
    func lacks(_ service: String) -> [String] {
        var lacks: [String] = []
        for (key, values) in [("cache_from", cacheFrom), ("cache_to", cacheTo)] where !values.isEmpty {
            lacks.append(finding(key, "has no effect: this machine's own cache is used", service))
        }
        if let provenance, Self.isWanted(provenance) {
            lacks.append(finding("provenance", "has no effect: nothing is attested", service))
        }
        return lacks
    }

    /// Whether the setting of an attestation asks for one.
    private static func isWanted(_ setting: String) -> Bool {
        !["", "0", "f", "false", "disabled=true"].contains(setting.lowercased())
    }

    private func refusal(_ key: String, _ why: String, _ service: String) -> EngineError {
        .unsupportedBuild(finding(key, why, service))
    }

    private func finding(_ key: String, _ why: String, _ service: String) -> String {
        let place = places[key].map { "\($0): " } ?? ""
        return "\(place)services.\(service).build.\(key): \(why)"
    }
}
