import Linux
import YAML

/// What is wrong with a merged tree although every value is of the right type.
struct Semantics {
    let model: Node

    func check() throws(LoadError) {
        for entry in model["services"]?.entries ?? [] {
            try check(entry.value, at: .root / "services" / entry.key.text)
        }
        try checkContainerNames()
        for kind in ["networks", "volumes", "configs", "secrets"] {
            for entry in model[kind]?.entries ?? [] {
                let path = NodePath.root / kind / entry.key.text
                if kind == "volumes" { try checkExternal(entry.value, at: path) }
                if kind == "configs" || kind == "secrets" { try checkOrigin(entry.value, kind, at: path) }
            }
        }
    }

    private func check(_ service: Node, at path: NodePath) throws(LoadError) {
        for (index, port) in (service["ports"]?.items ?? []).enumerated() {
            try check(port: port, at: (path / "ports")[index])
        }
        try checkMounts(of: service, at: path)
        try checkScale(of: service, at: path)
        if let name = service["container_name"], let text = name.string, !ObjectName.isValidContainerName(text) {
            throw LoadError(.malformed(text, expected: "a container name"), at: path / "container_name", of: name)
        }
        if let test = service["healthcheck"]?["test"], let first = test.items.first,
            !["NONE", "CMD", "CMD-SHELL"].contains(first.string ?? "")
        {
            throw LoadError(
                .notOneOf(first.string ?? "", ["NONE", "CMD", "CMD-SHELL"]),
                at: (path / "healthcheck" / "test")[0],
                of: first
            )
        }
    }

    private func check(port: Node, at path: NodePath) throws(LoadError) {
        guard port.mapping != nil else { return }
        guard let target = port["target"], let number = target.integer else {
            throw LoadError(.missingKey("target"), at: path, of: port)
        }
        guard (1...65535).contains(number) else {
            throw LoadError(.malformed(String(number), expected: "a port"), at: path / "target", of: target)
        }
        if let published = port["published"], let text = published.scalarText, !text.isEmpty,
            PortSpec.range(text) == nil
        {
            throw LoadError(
                .malformed(text, expected: "a port or a range of ports"),
                at: path / "published",
                of: published
            )
        }
        guard let address = port["host_ip"], let text = address.string, !text.isEmpty else { return }
        guard IPAddress(text) != nil else {
            throw LoadError(.malformed(text, expected: "an IP address"), at: path / "host_ip", of: address)
        }
    }

    private func checkMounts(of service: Node, at path: NodePath) throws(LoadError) {
        for (index, mount) in (service["volumes"]?.items ?? []).enumerated() where mount.mapping != nil {
            guard mount["target"]?.string?.isEmpty == false else {
                throw LoadError(.missingKey("target"), at: (path / "volumes")[index], of: mount)
            }
        }
    }

    private func checkScale(of service: Node, at path: NodePath) throws(LoadError) {
        let replicas = service["deploy"]?["replicas"]
        for (node, key) in [(service["scale"], "scale"), (replicas, "deploy.replicas")] {
            guard let node, let count = node.integer, count < 0 else { continue }
            throw LoadError(.outOfRange("greater than or equal to 0"), at: path / key, of: node)
        }
        if let scale = service["scale"], let replicas, scale.integer != replicas.integer {
            throw LoadError(.conflicting("scale", "deploy.replicas"), at: path / "scale", of: scale)
        }
        guard let name = service["container_name"], let count = (service["scale"] ?? replicas)?.integer, count > 1
        else {
            return
        }
        throw LoadError(.containerNameOfReplicas(name.string ?? ""), at: path / "container_name", of: name)
    }

    private func checkContainerNames() throws(LoadError) {
        var owners: [String: String] = [:]
        for entry in model["services"]?.entries ?? [] {
            guard let name = entry.value["container_name"], let text = name.string else { continue }
            if let owner = owners[text] {
                let path = NodePath.root / "services" / entry.key.text / "container_name"
                throw LoadError(.containerNameTaken(text, by: owner), at: path, of: name)
            }
            owners[text] = entry.key.text
        }
    }

    private func checkExternal(_ volume: Node, at path: NodePath) throws(LoadError) {
        guard volume["external"]?.bool ?? false else { return }
        for key in volume.entries.map(\.key)
        where !["external", "name"].contains(key.text) && !key.text.hasPrefix("x-") {
            throw LoadError(.externalWith(key.text), path: path.description, at: key.mark)
        }
    }

    private func checkOrigin(_ object: Node, _ kind: String, at path: NodePath) throws(LoadError) {
        let keys = kind == "configs" ? ["file", "environment", "content"] : ["file", "environment"]
        guard !(object["external"]?.bool ?? false) else { return }
        let present = keys.filter { object[$0]?.string != nil }
        if present.count > 1 { throw LoadError(.exclusive(present[0], present[1]), at: path, of: object) }
        guard present.isEmpty else { return }
        throw LoadError(.needsOneOf(keys), at: path, of: object)
    }
}
