import YAML

/// One document of a file, not yet looked into.
struct Document {
    /// The mapping at the top.
    var root: Node
    /// What it takes away from earlier documents.
    var tags: OverrideTags
}

/// Files as the loader sees them.
struct SourceFile {
    /// The path, absolute; `-` is standard input.
    var path: String
    /// How messages call it.
    var displayName: String
}

extension Document {
    /// Reads the documents of a file.
    static func read(
        _ file: SourceFile,
        input: FileReading,
        isNamedByUser: Bool = false
    ) throws(LoadError) -> [Document] {
        let bytes = try input.contents(of: file, isNamedByUser: isNamedByUser)
        let nodes: [Node]
        do throws(YAMLError) {
            nodes = try Node.documents(in: bytes, file: file.displayName)
        } catch {
            throw LoadError(.yaml(error.problem), at: error.mark)
        }
        var documents: [Document] = []
        for node in nodes where !node.isNull {
            guard node.mapping != nil else {
                throw LoadError(.wrongType(expected: "a mapping", found: node.kind), at: node.mark)
            }
            var tags = OverrideTags()
            let root = tags.collect(from: node)
            documents.append(Document(root: root, tags: tags))
        }
        guard documents.contains(where: { $0.root.mapping?.isEmpty == false }) else {
            throw LoadError(.emptyFile, at: Mark(file: file.displayName, line: 1, column: 1))
        }
        return documents
    }
}
