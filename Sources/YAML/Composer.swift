/// Makes nodes of events, within bounds that no input can exceed.
struct Composer: ~Copyable {
    /// A node, and how much it stands for.
    private struct Composed {
        var node: Node
        /// Nodes in it, itself included.
        var size: Int
        /// Levels in it, itself included.
        var height: Int
    }

    private var events: EventReader
    private let limits: ParsingLimits
    private var anchors: [String: Composed] = [:]
    private var openAnchors: [String: Int] = [:]
    private var aliased = 0

    init(_ events: consuming EventReader, limits: ParsingLimits) {
        self.events = events
        self.limits = limits
    }

    /// The documents of the stream.
    mutating func documents() throws(YAMLError) -> [Node] {
        var documents: [Node] = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                documents.append(try node(from: events.next(), depth: 1).node)
            default: continue
            }
        }
    }

    private mutating func node(from event: Event, depth: Int) throws(YAMLError) -> Composed {
        guard depth <= limits.depth else { throw YAMLError(.tooDeep(limit: limits.depth), at: event.mark) }
        if case .alias(let name) = event.kind { return try alias(name, at: event.mark, depth: depth) }
        if let anchor = event.anchor { openAnchors[anchor, default: 0] += 1 }
        let composed = try content(of: event, depth: depth)
        if let anchor = event.anchor {
            openAnchors[anchor, default: 1] -= 1
            anchors[anchor] = composed
        }
        return composed
    }

    private mutating func content(of event: Event, depth: Int) throws(YAMLError) -> Composed {
        let tag = Tag(event.tag)
        switch event.kind {
        case .sequenceStart: return try sequence(at: event.mark, tag: tag, depth: depth)
        case .mappingStart: return try mapping(at: event.mark, tag: tag, depth: depth)
        case .scalar(let text, let isPlain):
            guard let value = ScalarResolution.value(of: text, isPlain: isPlain, tag: tag) else {
                throw YAMLError(.invalidValue(text, tag: event.tag ?? ""), at: event.mark)
            }
            return Composed(node: Node(value, tag: tag.local, at: event.mark), size: 1, height: 1)
        default: return Composed(node: Node(.null, at: event.mark), size: 1, height: 1)
        }
    }

    private mutating func alias(_ name: String, at mark: Mark, depth: Int) throws(YAMLError) -> Composed {
        guard openAnchors[name, default: 0] == 0 else { throw YAMLError(.anchorCycle(name), at: mark) }
        guard let target = anchors[name] else { throw YAMLError(.unknownAnchor(name), at: mark) }
        aliased += target.size
        guard aliased <= limits.aliasedNodes else {
            throw YAMLError(.tooManyAliases(limit: limits.aliasedNodes), at: mark)
        }
        guard depth + target.height - 1 <= limits.depth else {
            throw YAMLError(.tooDeep(limit: limits.depth), at: mark)
        }
        return target
    }

    private mutating func sequence(at mark: Mark, tag: Tag, depth: Int) throws(YAMLError) -> Composed {
        var items: [Node] = []
        var size = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let item = try node(from: event, depth: depth + 1)
            items.append(item.node)
            size += item.size
            height = max(height, item.height)
        }
        return Composed(node: Node(.sequence(items), tag: tag.local, at: mark), size: size, height: height + 1)
    }

    private mutating func mapping(at mark: Mark, tag: Tag, depth: Int) throws(YAMLError) -> Composed {
        var mapping = Mapping()
        var merged: [Node] = []
        var size = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try key(from: event, depth: depth)
            let value = try node(from: events.next(), depth: depth + 1)
            size += 1 + value.size
            height = max(height, value.height)
            if key.isMerge {
                guard merged.isEmpty else {
                    throw YAMLError(.duplicateKey("<<", firstLine: merged[0].mark.line), at: key.key.mark)
                }
                merged.append(value.node)
                continue
            }
            if let first = mapping.key(key.key.text) {
                throw YAMLError(.duplicateKey(key.key.text, firstLine: first.mark.line), at: key.key.mark)
            }
            mapping.set(value.node, for: key.key)
        }
        for node in merged { try Self.merge(node, into: &mapping) }
        return Composed(node: Node(.mapping(mapping), tag: tag.local, at: mark), size: size, height: height + 1)
    }

    private mutating func key(from event: Event, depth: Int) throws(YAMLError) -> (key: Mapping.Key, isMerge: Bool) {
        var isMerge = false
        if case .scalar("<<", isPlain: true) = event.kind { isMerge = true }
        let node = try node(from: event, depth: depth + 1).node
        guard let text = node.scalarText else { throw YAMLError(.collectionAsKey, at: event.mark) }
        return (Mapping.Key(text, isString: node.string != nil, at: event.mark), isMerge)
    }

    /// Adds what a merge key brings: present keys win, and of several mappings the earlier ones.
    private static func merge(_ node: Node, into mapping: inout Mapping) throws(YAMLError) {
        switch node.value {
        case .mapping(let other):
            for entry in other.entries where mapping[entry.key.text] == nil {
                mapping.set(entry.value, for: entry.key)
            }
        case .sequence(let nodes):
            for item in nodes {
                guard item.mapping != nil else { throw YAMLError(.mergeOfNoMapping, at: item.mark) }
                try merge(item, into: &mapping)
            }
        default: throw YAMLError(.mergeOfNoMapping, at: node.mark)
        }
    }
}
