import ComposeSpec
import JSON
import Orchestrator

/// Builds as the file of a bake, as Docker Compose prints it.
struct BakeFile {
    private let builds: [ImageBuild]
    /// What the file calls what is built.
    private let names: [String: String]

    init(_ builds: [ImageBuild]) {
        self.builds = builds.sorted { $0.target < $1.target }
        names = Self.names(of: self.builds.map(\.target))
    }

    /// Names without dots, which a target's cannot have. Those that have none stay as they are.
    private static func names(of targets: [String]) -> [String: String] {
        var names: [String: String] = [:]
        var taken: Set<String> = []
        for target in targets.filter({ !$0.contains(".") }) + targets.filter({ $0.contains(".") }) {
            var name = String(target.map { $0 == "." ? "_" : $0 })
            while !taken.insert(name).inserted { name += "_" }
            names[target] = name
        }
        return names
    }

    private func name(_ target: String) -> String { names[target] ?? target }

    func text() -> String {
        let targets = builds.map { name($0.target) }
        let document: JSONValue = [
            "group": ["default": ["targets": .array(targets.map { .string($0) })]],
            "target": .object(zip(targets, builds).map { .init($0, target($1)) }),
        ]
        return String(decoding: document.bytes(indentation: 2), as: UTF8.self) + "\n"
    }

    private func target(_ build: ImageBuild) -> JSONValue {
        let definition = build.definition
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { members.append(.init(name, .string(text))) }
        }
        func add(_ name: String, _ list: [String]) {
            if !list.isEmpty { members.append(.init(name, .array(list.map { .string($0) }))) }
        }
        func add(_ name: String, _ map: [String: String]) {
            guard !map.isEmpty else { return }
            members.append(
                .init(name, .object(map.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }))
            )
        }
        func add(_ name: String, _ flag: Bool) {
            if flag { members.append(.init(name, true)) }
        }
        add("context", definition.context)
        add("contexts", definition.additionalContexts.mapValues(context))
        add("dockerfile", definition.dockerfile)
        add("dockerfile-inline", definition.dockerfileInline.map(Self.literal))
        add("args", definition.arguments.compactMapValues { $0.map(Self.literal) })
        add("labels", definition.labels.merging(build.labels) { $1 })
        add("tags", [build.image] + definition.tags)
        add("cache-from", definition.cacheFrom)
        add("cache-to", definition.cacheTo)
        add("target", definition.target)
        add("secret", build.secrets.sorted { $0.key < $1.key }.map { Self.secret($0.key, $0.value) })
        add("ssh", build.agents)
        add("platforms", build.platforms)
        add("pull", definition.pulls)
        add("no-cache", definition.ignoresCache)
        add("network", definition.network)
        add("no-cache-filter", definition.uncachedStages)
        add("shm-size", definition.shmSize.map(String.init))
        add("ulimits", definition.ulimits.map { "\($0.name)=\($0.soft):\($0.hard)" })
        add("entitlements", Self.entitlements(definition))
        add("extra-hosts", definition.extraHosts.isEmpty ? [:] : LabelText.labels(definition.extraHosts))
        add("output", [Self.output(build)])
        add("attest", Self.attestations(definition))
        return .object(members)
    }

    private func context(_ value: String) -> String {
        let prefix = "service:"
        return value.hasPrefix(prefix) ? "target:" + name(String(value.dropFirst(prefix.count))) : value
    }

    /// A text that a bake takes for what it says, with nothing to fill in.
    private static func literal(_ text: String) -> String { text.replacing("${", with: "$${") }

    private static func entitlements(_ definition: Service.Build) -> [String] {
        let all = "security.insecure"
        guard definition.isPrivileged, !definition.entitlements.contains(all) else { return definition.entitlements }
        return definition.entitlements + [all]
    }

    /// Where a secret comes from; never what it is.
    private static func secret(_ id: String, _ origin: Project.FileSource.Origin) -> String {
        if case .file(let path) = origin { "id=\(id),type=file,src=\(path)" } else { "id=\(id),type=env" }
    }

    private static func output(_ build: ImageBuild) -> String {
        build.platforms.count > 1 ? "type=image,push=\(build.isPushed)" : "type=docker,load=true,push=\(build.isPushed)"
    }

    private static func attestations(_ definition: Service.Build) -> [String] {
        [("provenance", definition.provenance), ("sbom", definition.sbom)].compactMap { type, setting in
            switch setting {
            case nil, "": nil
            case "true": "type=\(type)"
            case "false": "type=\(type),disabled=true"
            case let setting?: "type=\(type),\(setting)"
            }
        }
    }
}
