import YAML

/// Makes the paths of a canonical tree absolute.
struct PathResolution {
    /// The folder that relative paths start from, absolute.
    let folder: String
    /// What `~` stands for.
    let home: String?

    func apply(to node: Node, shape: Shape) -> Node {
        var node = node
        switch node.value {
        case .string(let text):
            guard let kind = shape.path else { break }
            node.value = .string(resolved(text, kind))
        case .sequence(let items):
            guard let child = shape.items else { break }
            node.value = .sequence(items.map { apply(to: $0, shape: child) })
        case .mapping(var mapping):
            mapping.transformValues { key, value in
                shape.shape(of: key.text).map { apply(to: value, shape: $0) } ?? value
            }
            if shape.path == .mount { resolveSource(of: &mapping) }
            if shape.path == .volume { resolveDevice(of: &mapping) }
            node.value = .mapping(mapping)
        default: break
        }
        return node
    }

    private func resolved(_ text: String, _ kind: Shape.PathKind) -> String {
        switch kind {
        case .context where Self.isRemote(text): text
        case .file, .context: file(text)
        case .mount, .volume: text
        }
    }

    /// Empty paths stay: nothing is named.
    func file(_ text: String) -> String {
        let path = PathText.expandingHome(text, home: home)
        guard !path.isEmpty, !PathText.isAbsolute(path) else { return path }
        return PathText.joined(folder, path)
    }

    /// Contexts that are no folder of this machine.
    static func isRemote(_ text: String) -> Bool {
        let prefixes = [
            "https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:", "docker-image://",
        ]
        return prefixes.contains { text.hasPrefix($0) } || text.contains("://")
    }

    private func resolveSource(of mapping: inout Mapping) {
        guard mapping["type"]?.string == "bind", var source = mapping["source"], let text = source.string else {
            return
        }
        guard !PathText.isWindowsAbsolute(text) else { return }
        source.value = .string(file(text))
        mapping["source"] = source
    }

    private func resolveDevice(of mapping: inout Mapping) {
        guard mapping["driver"]?.string ?? "local" == "local", var options = mapping["driver_opts"]?.mapping,
            options["o"]?.string?.split(separator: ",").contains("bind") ?? false,
            var device = options["device"], let text = device.string, var node = mapping["driver_opts"]
        else { return }
        device.value = .string(file(text))
        options["device"] = device
        node.value = .mapping(options)
        mapping["driver_opts"] = node
    }
}
