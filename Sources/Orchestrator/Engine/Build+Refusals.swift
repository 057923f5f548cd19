import Builder
import ComposeSpec
import Linux
import SystemPackage

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

    /// Whether it is attested how the image was made.
    func provenanceSetting(_ service: String) throws(EngineError) -> ProvenanceSetting {
        try read("provenance", [provenance].compactMap(\.self).filter { !$0.isEmpty }, service) {
            try ProvenanceSetting(parsing: $0)
        }.last ?? .usual
    }

    /// The caches that other machines share, each with the place of what is wrong with it.
    func caches(_ service: String) throws -> (sources: [CacheSource], targets: [CacheTarget]) {
        let folder = OwnProcess.currentFolder
        return (
            try read("cache_from", cacheFrom, service) { try CacheSource(parsing: $0, from: folder) },
            try read("cache_to", cacheTo, service) { try CacheTarget(parsing: $0, from: folder) }
        )
    }

    private func read<Value>(
        _ key: String,
        _ texts: [String],
        _ service: String,
        _ parse: (String) throws -> Value
    ) throws(EngineError) -> [Value] {
        do {
            return try texts.map(parse)
        } catch {
            throw refusal(key, "\(error)", service)
        }
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
