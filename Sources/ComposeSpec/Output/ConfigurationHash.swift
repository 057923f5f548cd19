import Hashing
import YAML

/// Digests of what a change of would have to recreate something for.
///
/// A digest is that of the canonical JSON with sorted keys, so it depends on nothing but content.
enum ConfigurationHash {
    /// What a change of does not concern the containers that run already.
    private static let unrelated: Set<String> = ["build", "pull_policy", "scale", "depends_on", "profiles"]

    static func service(_ node: Node) -> String {
        var node = node
        node.edit { mapping in
            mapping.keep { !unrelated.contains($0.key.text) }
            mapping.edit("deploy") { deploy in deploy.edit { $0["replicas"] = nil } }
        }
        return hash(node, shape: .service)
    }

    static func network(_ node: Node) -> String { hash(node, shape: Shape.project.shape(of: "networks")?.values) }

    static func volume(_ node: Node) -> String {
        let mark = node.mark
        var node = node
        node.edit { $0.setDefault("driver", .string("local"), at: mark) }
        return hash(node, shape: Shape.project.shape(of: "volumes")?.values)
    }

    private static func hash(_ node: Node, shape: Shape?) -> String {
        let printed = shape.flatMap { CanonicalOutput(escapesDollars: false).value(of: node, shape: $0) }
        return SHA256.hexadecimal((printed?.json ?? .null).bytes())
    }
}
