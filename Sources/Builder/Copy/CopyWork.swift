import Dockerfile
import Linux
import OCI
import Storage
import SystemPackage

/// One `COPY` or `ADD` with everything about it settled.
struct CopyWork {
    private let instruction: CopyInstruction
    private let parts: [CopyPart]
    private let layers: LayerStore
    private let lower: MergedTree
    private let request: CopyPlan.Request
    private let owner: Owner?
    private let mode: ModeChange?
    private let destinationIsFolder: Bool
    /// The bodies of heredocs, expanded, and where they go.
    private let documents: [(name: String, contents: [UInt8])]

    init(
        _ instruction: CopyInstruction,
        parts: [CopyPart],
        lower: MergedTree,
        layers: LayerStore,
        state: StageState
    ) throws {
        self.layers = layers
        self.instruction = instruction
        self.parts = parts
        self.lower = lower
        let files = instruction.files
        let text = files.destination
        let isFolder = text.hasSuffix("/") || text == "." || text.hasSuffix("/.")
        let destination = try TreePath(clamping: state.absolute(text))
        request = CopyPlan.Request(
            sources: [],
            destination: destination,
            isFolder: isFolder,
            keepsParents: files.keepsParents,
            excludes: try IgnorePatterns(files.excludes)
        )
        let accounts = try AccountTable(
            passwd: lower.contents(of: TreePath(clamping: "etc/passwd")) ?? [],
            group: lower.contents(of: TreePath(clamping: "etc/group")) ?? []
        )
        owner = try files.owner.map { try accounts.owner($0) }
        mode = try files.mode.map { try ModeChange(parsing: $0) }
        destinationIsFolder = try lower.entry(at: lower.resolve(destination))?.kind == .folder
        let expander = state.variables.expander
        documents = try files.heredocs.map { heredoc in
            let body = heredoc.isExpanded ? try expander.expandBody(heredoc.content) : heredoc.content
            return (heredoc.name, Array(body.utf8))
        }
        guard files.sources.count + documents.count == 1 || isFolder || files.keepsParents else {
            throw BuilderError(.notAFolder("\(text), which several sources go to,"))
        }
    }

    private func plan(of part: CopyPart) throws -> CopyPlan {
        var request = request
        request.sources = part.paths
        return try CopyPlan(
            request,
            from: part.source.tree,
            ignored: part.source.ignored,
            destinationIsFolder: destinationIsFolder
        )
    }

    // MARK: Keys

    /// What the result depends on when no source ever changes: the question alone.
    func definitionKey(_ base: CacheKey) -> CacheKey? {
        var key = base
        for part in parts {
            guard let identity = part.source.identity else { return nil }
            key.add("source", identity)
            key.add("paths", part.paths)
            key.add("unpacks", "\(part.unpacks)")
        }
        key.add("destination", "\(request.destination)\(request.isFolder ? "/" : "")")
        key.add("excludes", instruction.files.excludes)
        key.add("parents", "\(request.keepsParents)")
        describe(&key)
        return key
    }

    /// What the result depends on: every file, but not when it was modified.
    func contentKey(_ base: CacheKey) throws -> CacheKey {
        var key = base
        describe(&key)
        for part in parts {
            key.add("unpacks", "\(part.unpacks)")
            let tree = part.source.tree
            for item in try plan(of: part).items { try key.add(item, of: tree) }
        }
        return key
    }

    private func describe(_ key: inout CacheKey) {
        key.add("chown", owner.map { "\($0.uid):\($0.gid)" } ?? "")
        key.add("chmod", mode?.description ?? "")
        for document in documents {
            key.add("document", document.name)
            key.add("contents", document.contents)
        }
        if !documents.isEmpty { key.add("documents go to", "\(request.destination)\(request.isFolder)") }
    }

    // MARK: Work

    /// Fills the layer.
    func perform(in draft: LayerDraft) throws {
        var writer = try LayerWriter(draft.contents, over: lower, owner: owner, mode: mode)
        for part in parts {
            var items = try plan(of: part).items
            if part.unpacks { try unpackArchives(among: &items, from: part.source.tree, with: &writer) }
            try writer.copy(items, from: part.source.tree)
        }
        for document in documents {
            var target = request.destination
            if request.isFolder || destinationIsFolder, let name = FileName(document.name) { target.names.append(name) }
            try writer.write(document.contents, to: target, mode: 0o644)
        }
    }

    /// Unpacks the archives that were named, and takes them out of the list.
    private func unpackArchives(
        among items: inout [CopyPlan.Item],
        from source: any SourceTree,
        with writer: inout LayerWriter
    ) throws {
        var rest: [CopyPlan.Item] = []
        for item in items {
            let isFile = item.isNamed && item.entry.kind == .file
            guard isFile, try LocalArchive.isOne(source, item.source) else {
                rest.append(item)
                continue
            }
            let draft = try layers.makeDraft()
            // However much a small file claims to hold, the machine keeps some room.
            let limit = try FileSystemSpace(at: draft.contents).free / 10 * 9
            try layers.unpackArchive(LocalArchive.source(source, item.source), into: draft, limit: Int(limit))
            let tree = try ContextTree(draft.contents, memory: ContentMemory(nil), isUnpacked: true)
            let inner = CopyPlan.Request(sources: ["/"], destination: request.destination, isFolder: true)
            let plan = try CopyPlan(inner, from: tree, ignored: .none, destinationIsFolder: true)
            try writer.copy(plan.items, from: tree)
        }
        items = rest
    }
}

extension CacheKey {
    /// Adds a file with everything about it that a copy has, which its times are no part of.
    mutating func add(_ item: CopyPlan.Item, of tree: any SourceTree) throws {
        let entry = item.entry
        add("target", "\(item.target)\(item.isNamed ? "" : "/")")
        add("kind", entry.kind.word)
        guard entry.kind != .folder || !item.isNamed else { return }
        add("mode", String(entry.kind == .link ? 0 : entry.mode, radix: 8))
        add("owner", "\(entry.uid):\(entry.gid)")
        if let target = entry.target { add("link", target) }
        for (name, value) in try tree.attributes(at: item.source, of: entry).sorted(by: { $0.key < $1.key }) {
            add(name, value)
        }
        guard entry.kind == .file else { return }
        add("size", "\(entry.size)")
        add("contents", try tree.digest(of: item.source, entry))
    }
}
