import JSON
import YAML

extension LoadedProject {
    /// The project as `config --format json` prints it, without a line feed at the end.
    public func json() -> String {
        String(decoding: output.json.bytes(indentation: 2, escapesHTML: true), as: UTF8.self)
    }

    /// The project as `config` prints it.
    public func yaml() -> String { Emitter.text(of: output.inFileOrder) }

    private var output: Node {
        var model = model
        model.edit { top in
            top["models"] = nil
            top.edit("services") { services in
                services.edit { all in
                    all.editAll { _, service in
                        let mark = service.mark
                        guard !isPartial else { return }
                        service.edit { mapping in
                            mapping.setDefault("command", .null, at: mark)
                            mapping.setDefault("entrypoint", .null, at: mark)
                        }
                    }
                }
            }
        }
        return CanonicalOutput().value(of: model, shape: .project, isKept: true) ?? model
    }
}

extension LoadedProject {
    /// Gives images other names: what `config` prints then is pinned. A nil name leaves an image as it is.
    public mutating func renameImages(_ name: (String) -> String?) {
        model.edit { top in
            top.edit("services") { services in
                services.edit { all in
                    all.editAll { _, service in
                        service.edit { mapping in
                            mapping.edit("image") { image in
                                guard let new = image.string.flatMap(name) else { return }
                                image.value = .string(new)
                            }
                        }
                    }
                }
            }
        }
    }

    /// A project of the same services that says nothing but their images: a file to lay over the others.
    public var imagesOnly: LoadedProject {
        var only = self
        only.model.edit { top in
            top.keep { $0.key.text == "services" }
            top.edit("services") { services in
                services.edit { all in
                    all.editAll { _, service in service.edit { $0.keep { $0.key.text == "image" } } }
                }
            }
        }
        only.isPartial = true
        return only
    }

    mutating func explain(by provenance: Provenance) {
        explanations = Explainer(provenance: provenance).explanations(of: output.inFileOrder)
    }

    /// The explanations at a path and below it.
    public func explanations(at path: String) -> [Explanation] {
        explanations.filter { explanation in
            guard explanation.path.hasPrefix(path) else { return false }
            let next = explanation.path.dropFirst(path.count).first
            return next == nil || next == "." || next == "["
        }
    }

    /// The path that a text with a slip in it may mean.
    public func nearestPath(to path: String) -> String? {
        let depth = path.split(separator: ".").count
        let paths = Set(explanations.map { $0.path.split(separator: ".").prefix(depth).joined(separator: ".") })
        return Nearness.nearest(to: path, among: paths)
    }
}

extension LoadedModel {
    /// The services, sorted.
    public var serviceNames: [String] { (model["services"]?.entries ?? []).map(\.key.text).sorted() }

    /// The files as `config --no-interpolate --format json` prints them, without a line feed at the end.
    public func json() -> String {
        String(decoding: output.json.bytes(indentation: 2, escapesHTML: true), as: UTF8.self)
    }

    /// The files as `config --no-interpolate` prints them.
    public func yaml() -> String { Emitter.text(of: output.inFileOrder) }

    private var output: Node { model.sortedByKey }
}

extension Node {
    private static let topKeys = ["name", "services", "networks", "volumes", "secrets", "configs", "models"]

    /// With the sections of a file in the order in which people write them, the others after them.
    fileprivate var inFileOrder: Node {
        guard let mapping else { return self }
        var ordered = Mapping()
        for key in Self.topKeys {
            guard let name = mapping.key(key), let value = mapping[key] else { continue }
            ordered.set(value, for: name)
        }
        for entry in mapping.entries { ordered.set(entry.value, for: entry.key) }
        return Node(.mapping(ordered), at: mark)
    }

    /// With the keys of every mapping in order.
    fileprivate var sortedByKey: Node {
        var node = self
        switch value {
        case .sequence(let items): node.value = .sequence(items.map(\.sortedByKey))
        case .mapping(let mapping):
            var sorted = Mapping()
            for entry in mapping.entries.sorted(by: { $0.key.text < $1.key.text }) {
                sorted.set(entry.value.sortedByKey, for: entry.key)
            }
            node.value = .mapping(sorted)
        default: break
        }
        return node
    }
}
