/// The way from the root of a document to a node.
indirect enum NodePath: Sendable {
    case root
    case key(NodePath, String)
    case index(NodePath, Int)

    static func / (parent: NodePath, key: String) -> NodePath { .key(parent, key) }

    subscript(index: Int) -> NodePath { .index(self, index) }

    /// Some item of the list here.
    var anyItem: NodePath {
        guard case .key(let parent, let key) = self else { return self }
        return .key(parent, key + "[]")
    }

    /// Without the last step.
    var parent: NodePath {
        switch self {
        case .root: .root
        case .key(let parent, _), .index(let parent, _): parent
        }
    }

    /// The last key.
    var lastKey: String? {
        switch self {
        case .root: nil
        case .key(_, let key): key
        case .index(let parent, _): parent.lastKey
        }
    }
}

extension NodePath: CustomStringConvertible {
    /// `services.web.ports[0]`
    var description: String {
        switch self {
        case .root: ""
        case .key(.root, let key): key
        case .key(let parent, let key): "\(parent).\(key)"
        case .index(let parent, let index): "\(parent)[\(index)]"
        }
    }
}
