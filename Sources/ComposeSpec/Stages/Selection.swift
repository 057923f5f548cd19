import YAML

/// Which services a command is about: by profile, and by name.
struct Selection {
    /// The active profiles.
    let profiles: [String]
    /// The tree with the enabled services only.
    private(set) var enabled: Node
    /// The tree with the enabled and wanted services only.
    private(set) var narrowed: Node
    /// The services that no active profile enables.
    let disabled: [Mapping.Entry]

    init(options: LoaderOptions, environment: [String: String], model: Node) throws(LoadError) {
        let services = model["services"]?.mapping ?? Mapping()
        for name in options.services where services[name] == nil {
            let nearest = Nearness.nearest(to: name, among: services.entries.map(\.key.text))
            throw LoadError(.noSuchService(name, nearest: nearest))
        }
        let given =
            options.profiles.isEmpty
            ? (environment["COMPOSE_PROFILES"] ?? "").split(separator: ",").map(String.init) : options.profiles
        let named = options.services.flatMap { services[$0].map(Self.profiles) ?? [] }
        let active = Set(given + named)
        profiles = given + named.filter { !given.contains($0) }
        let isEnabled = { (service: Node) -> Bool in
            let own = Self.profiles(of: service)
            return own.isEmpty || active.contains("*") || own.contains { active.contains($0) }
        }
        disabled = services.entries.filter { !isEnabled($0.value) }
        var wanted: Set<String>?
        if !options.services.isEmpty {
            wanted =
                options.includesDependencies
                ? DependencyGraph(model: model).closure(of: options.services) : Set(options.services)
        }
        enabled = Self.keeping(model) { isEnabled($0.value) }
        narrowed = Self.keeping(enabled) { wanted?.contains($0.key.text) ?? true }
    }

    /// The services that are enabled and not wanted: those of a project all the same, and no strangers to it.
    var unwanted: [Mapping.Entry] {
        let wanted = Set((narrowed["services"]?.entries ?? []).map(\.key.text))
        return (enabled["services"]?.entries ?? []).filter { !wanted.contains($0.key.text) }
    }

    private static func keeping(_ model: Node, where condition: (Mapping.Entry) -> Bool) -> Node {
        var model = model
        model.edit { top in top.edit("services") { node in node.edit { $0.keep(where: condition) } } }
        return model
    }

    private static func profiles(of service: Node) -> [String] {
        service["profiles"]?.items.compactMap(\.scalarText) ?? []
    }

    /// The tree without networks, volumes, configs and secrets that no service uses.
    func withoutUnused(_ model: Node) -> Node {
        var model = model
        let services = model["services"]?.entries.map(\.value) ?? []
        let used: [String: Set<String>] = [
            "networks": Set(services.flatMap { $0["networks"]?.entries.map(\.key.text) ?? [] }),
            "volumes": Set(services.flatMap(Self.volumes)),
            "configs": Set(services.flatMap { Self.sources($0["configs"]) + Self.credentials($0) }),
            "secrets": Set(services.flatMap { Self.sources($0["secrets"]) + Self.sources($0["build"]?["secrets"]) }),
            "models": Set(services.flatMap { $0["models"]?.entries.map(\.key.text) ?? [] }),
        ]
        model.edit { top in
            for (kind, names) in used {
                top.edit(kind) { node in node.edit { $0.keep { names.contains($0.key.text) } } }
            }
        }
        return model
    }

    private static func volumes(of service: Node) -> [String] {
        service["volumes"]?.items.compactMap { $0["type"]?.string == "volume" ? $0["source"]?.string : nil } ?? []
    }

    private static func sources(_ list: Node?) -> [String] { list?.items.compactMap { $0["source"]?.string } ?? [] }

    private static func credentials(_ service: Node) -> [String] {
        [service["credential_spec"]?["config"]?.string].compactMap { $0 }
    }
}
