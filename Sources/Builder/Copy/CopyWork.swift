import Dockerfile
import Linux
import OCI
import Storage
import SystemPackage

/// One `COPY` or `ADD` with everything about it settled that the stage's files have no part in.
struct CopyWork {
    private let instruction: CopyInstruction
    private let parts: [CopyPart]
    private let layers: LayerStore
    private let request: CopyPlan.Request
    private let mode: ModeChange?
    /// The bodies of heredocs, expanded, and where they go.
    private let documents: [(name: String, contents: [UInt8])]

    init(_ instruction: CopyInstruction, parts: [CopyPart], layers: LayerStore, state: StageState) throws {
        self.layers = layers
        self.instruction = instruction
        self.parts = parts
        let files = instruction.files
        let text = files.destination
        let isFolder = text.hasSuffix("/") || text == "." || text.hasSuffix("/.")
        request = CopyPlan.Request(
            sources: [],
            destination: try TreePath(clamping: state.absolute(text)),
            isFolder: isFolder,
            keepsParents: files.keepsParents,
            excludes: try IgnorePatterns(files.excludes)
        )
        mode = try files.mode.map { try ModeChange(parsing: $0) }
        let expander = state.variables.expander
        documents = try files.heredocs.map { heredoc in
            let body = heredoc.isExpanded ? try expander.expandBody(heredoc.content) : heredoc.content
            return (heredoc.name, Array(body.utf8))
        }
        guard files.sources.count + documents.count == 1 || isFolder || files.keepsParents else {
            throw BuilderError(.notAFolder("\(text), which several sources go to,"))
        }
    }

    // MARK: Keys

    /// What the result depends on when no source ever changes: the question alone.
    func definitionKey(_ base: CacheKey) -> CacheKey? {
        var key = described(base)
        for part in parts {
            guard let identity = part.source.identity else { return nil }
            key.add("source", identity)
            key.add("paths", part.paths)
            key.add("unpacks", "\(part.unpacks)")
        }
        key.add("excludes", instruction.files.excludes)
        return key
    }

    /// What the result depends on: every file, but not when it was modified.
    func contentKey(_ base: CacheKey) throws -> CacheKey {
        var key = described(base)
        var request = request
        // Where the files go is said already, and what is there is said by the layers.
        request.destination = .root
        for part in parts {
            key.add("unpacks", "\(part.unpacks)")
            request.sources = part.paths
            let (tree, ignored) = (try part.source.tree, part.source.ignored)
            // As if into a folder, so that a file is told with its name: the destination may be one.
            let plan = try CopyPlan(request, from: tree, ignored: ignored, destinationIsFolder: true)
            for item in plan.items { try key.add(item, of: tree) }
        }
        return key
    }

    private func described(_ base: CacheKey) -> CacheKey {
        var key = base
        key.add("destination", "\(request.destination)\(request.isFolder ? "/" : "")")
        key.add("parents", "\(request.keepsParents)")
        key.add("chown", instruction.files.owner ?? "")
        key.add("chmod", mode?.description ?? "")
        for document in documents {
            key.add("document", document.name)
            key.add("contents", document.contents)
        }
        return key
    }

    // MARK: Work

    /// Fills the layer, over those that the stage has.
    func perform(in draft: LayerDraft, over lower: MergedTree) throws {
        let accounts = try AccountTable(
            passwd: lower.contents(of: TreePath(clamping: "etc/passwd")) ?? [],
            group: lower.contents(of: TreePath(clamping: "etc/group")) ?? []
        )
        let owner = try instruction.files.owner.map { try accounts.owner($0) }
        let isFolder = try lower.entry(at: lower.resolve(request.destination))?.kind == .folder
        var writer = try LayerWriter(draft.contents, over: lower, owner: owner, mode: mode)
        var request = request
        for part in parts {
            let (tree, ignored) = (try part.source.tree, part.source.ignored)
            request.sources = part.paths
            var items = try CopyPlan(request, from: tree, ignored: ignored, destinationIsFolder: isFolder).items
            if part.unpacks { try unpackArchives(among: &items, from: tree, with: &writer) }
            try writer.copy(items, from: tree)
        }
        for document in documents {
            var target = request.destination
            if request.isFolder || isFolder, let name = FileName(document.name) { target.names.append(name) }
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
