import YAML

/// Completes a merged tree: defaults, implied networks and dependencies, names, variables that are passed on.
struct Normalization {
    let projectName: String
    let projectDirectory: String
    let environment: [String: String]
    /// Whether what nobody wrote is added where `config` prints it.
    var addsDefaults = true
    /// Hears which variables were passed on; nil when nobody will ask.
    var provenance: Provenance?
    /// Who gave the variables their values.
    var history = VariableHistory(process: [:])

    func apply(to model: Node) throws(LoadError) -> Node {
        let mark = model.mark
        var model = model
        model.edit { top in
            top["name"] = Node(.string(projectName), at: top["name"]?.mark ?? mark)
            if addsDefaults { top.setDefault("services", .mapping(Mapping()), at: mark) }
            top.edit("services") { services in
                services.edit { $0.editAll { _, service in normalize(&service) } }
            }
            addDefaultNetwork(to: &top, at: mark)
            for kind in ["networks", "volumes", "configs", "secrets"] { name(kind, in: &top) }
        }
        return model
    }

    private func normalize(_ service: inout Node) {
        let mark = service.mark
        service.edit { mapping in
            mapping.edit("build") { normalizeBuild(&$0) }
            if addsDefaults { mapping.edit("deploy") { Self.completeDeploy(&$0) } }
            mapping.edit("depends_on") { Self.completeDependencies(&$0) }
            if addsDefaults { mapping.edit("environment") { resolveVariables(&$0) } }
            mapping.edit("ports") { Self.editItems(&$0, Self.completePort) }
            mapping.edit("volumes") { Self.editItems(&$0, Self.completeMount) }
            mapping.edit("devices") { Self.editItems(&$0, Self.completeDevice) }
            mapping.edit("secrets") { Self.editItems(&$0, Self.completeSecret) }
            if addsDefaults { mapping.edit("develop") { Self.completeDevelop(&$0) } }
            completeHooks(&mapping)
            if !Self.has("networks", mapping), mapping["network_mode"] == nil, mapping["provider"] == nil {
                var networks = Mapping()
                networks["default"] = Node(.null, at: mark)
                mapping["networks"] = Node(.mapping(networks), at: mark)
            }
            ImplicitDependencies.add(to: &mapping)
        }
    }

    private static func has(_ key: String, _ mapping: Mapping) -> Bool {
        guard let value = mapping[key] else { return false }
        return !value.entries.isEmpty || !value.items.isEmpty
    }

    private static func editItems(_ node: inout Node, _ body: (inout Mapping) -> Void) {
        node.value = .sequence(
            node.items.map { item in
                var item = item
                item.edit(body)
                return item
            }
        )
    }

    private func normalizeBuild(_ build: inout Node) {
        let mark = build.mark
        build.edit { mapping in
            mapping.setDefault("context", .string(projectDirectory), at: mark)
            if mapping["dockerfile_inline"] == nil { mapping.setDefault("dockerfile", .string("Dockerfile"), at: mark) }
            mapping.edit("args") { arguments in
                resolveVariables(&arguments)
                arguments.edit { $0.keep { !$0.value.isNull } }
                guard let lines = arguments.sequence else { return }
                arguments.value = .sequence(lines.compactMap(resolvedLine))
            }
        }
    }

    /// `NAME` with the value that it has, if it has one.
    private func resolvedLine(_ line: Node) -> Node? {
        guard let text = line.string, !text.contains("=") else { return line }
        return environment[text].map { Node(.string("\(text)=\($0)"), at: line.mark) }
    }

    private static func completeDeploy(_ deploy: inout Node) {
        let mark = deploy.mark
        deploy.edit { mapping in
            for key in ["placement", "resources"] { mapping.setDefault(key, .mapping(Mapping()), at: mark) }
        }
    }

    private static func completeDevelop(_ develop: inout Node) {
        develop.edit { mapping in
            mapping.edit("watch") { watch in
                editItems(&watch) { item in
                    guard let mark = item.entries.first?.value.mark else { return }
                    item.setDefault("exec", .mapping(Mapping()), at: mark)
                    item.edit("exec") { exec in exec.edit { $0.setDefault("command", .null, at: mark) } }
                }
            }
        }
    }

    private static func completeDependencies(_ dependencies: inout Node) {
        dependencies.edit { all in
            all.editAll { _, dependency in
                let mark = dependency.mark
                dependency.edit { $0.setDefault("required", .bool(true), at: mark) }
            }
        }
    }

    private func completeHooks(_ service: inout Mapping) {
        let image = service["image"]
        for key in ["pre_start", "post_start", "pre_stop"] {
            service.edit(key) { hooks in
                Self.editItems(&hooks) { hook in
                    hook.edit("environment") { resolveVariables(&$0) }
                    if key == "pre_start", hook["image"] == nil { hook["image"] = image }
                }
            }
        }
    }

    private static func completePort(_ port: inout Mapping) {
        guard let mark = port.entries.first?.key.mark else { return }
        port.setDefault("mode", .string("ingress"), at: mark)
        port.setDefault("protocol", .string("tcp"), at: mark)
    }

    private static func completeMount(_ mount: inout Mapping) {
        mount.edit("target") { $0.value = .string(cleanTarget($0.string ?? "")) }
    }

    private static func cleanTarget(_ target: String) -> String {
        PathText.isWindowsAbsolute(target) ? target : PathText.clean(target)
    }

    private static func completeDevice(_ device: inout Mapping) {
        guard let source = device["source"], let text = source.string else { return }
        device.setDefault("target", .string(text), at: source.mark)
        device.setDefault("permissions", .string("rwm"), at: source.mark)
    }

    private static func completeSecret(_ secret: inout Mapping) {
        guard let source = secret["source"], let name = source.string else { return }
        secret.setDefault("target", .string("/run/secrets/" + name), at: source.mark)
    }

    private func resolveVariables(_ node: inout Node) {
        node.edit { variables in
            variables.editAll { name, value in
                guard value.isNull, let known = environment[name] else { return }
                provenance?.substituted([name], in: name, at: value.mark, history: history)
                value.value = .string(known)
            }
        }
    }

    /// Does only what depends on variables and the folder: an included model has its own.
    func completingImport(_ model: Node) -> Node {
        var model = model
        model.edit { top in
            top.edit("services") { services in
                services.edit { all in
                    all.editAll { _, service in
                        service.edit { mapping in
                            mapping.edit("environment") { resolveVariables(&$0) }
                            mapping.edit("build") { normalizeBuild(&$0) }
                        }
                    }
                }
            }
        }
        return model
    }

    private func addDefaultNetwork(to top: inout Mapping, at mark: Mark) {
        let isUsed = top["services"]?.entries.contains { $0.value["networks"]?.mapping?["default"] != nil } ?? false
        var networks = top["networks"]?.mapping ?? Mapping()
        guard isUsed, networks["default"] == nil else { return }
        networks["default"] = Node(.null, at: mark)
        top["networks"] = Node(.mapping(networks), at: top["networks"]?.mark ?? mark)
    }

    /// `<project>_<key>`, or the key itself for what exists outside of the project.
    private func name(_ kind: String, in top: inout Mapping) {
        top.edit(kind) { objects in
            objects.edit { all in
                all.editAll { key, object in
                    if object.isNull { object.value = .mapping(Mapping()) }
                    let isExternal = object["external"]?.bool ?? false
                    let mark = object.mark
                    object.edit { mapping in
                        if mapping["name"]?.string?.isEmpty ?? true {
                            let name = isExternal ? key : "\(projectName)_\(key)"
                            mapping["name"] = Node(.string(name), at: mark)
                        }
                        if kind == "networks", addsDefaults {
                            mapping.setDefault("ipam", .mapping(Mapping()), at: mark)
                        }
                    }
                }
            }
        }
    }
}
