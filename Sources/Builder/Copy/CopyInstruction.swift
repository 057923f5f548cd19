import Dockerfile
import Linux
import SystemPackage

/// A `COPY` or an `ADD`, as far as they are alike.
struct CopyInstruction {
    let keyword: String
    let files: Copy
    /// Whether archives among the sources are unpacked.
    let unpacks: Bool

    init(_ copy: Copy) {
        keyword = "COPY"
        files = copy
        unpacks = false
    }

    init(_ add: Add) throws {
        keyword = "ADD"
        files = add.files
        unpacks = add.unpacks ?? true
        let remote = add.files.sources.first { source in
            ["http://", "https://", "git@", "git://", "ssh://"].contains { source.hasPrefix($0) }
        }
        if let remote { throw BuilderError(.unsupported("ADD of the remote source \(remote)")) }
        if add.checksum != nil { throw BuilderError(.unsupported("ADD --checksum for local files")) }
    }

    /// Replaces the variables.
    func expanded(_ expander: WordExpander) throws -> CopyInstruction {
        var files = files
        files.sources = try files.sources.map { try expander.expand($0) }
        files.destination = try expander.expand(files.destination)
        files.owner = try files.owner.map { try expander.expand($0) }
        files.mode = try files.mode.map { try expander.expand($0) }
        files.excludes = try files.excludes.map { try expander.expand($0) }
        return CopyInstruction(keyword: keyword, files: files, unpacks: unpacks)
    }

    private init(keyword: String, files: Copy, unpacks: Bool) {
        self.keyword = keyword
        self.files = files
        self.unpacks = unpacks
    }

    var history: String {
        HistoryText.copy(
            keyword,
            owner: files.owner,
            mode: files.mode,
            isLinked: files.isLinked,
            sources: files.sources + files.heredocs.map { "<<\($0.name)" },
            destination: files.destination
        )
    }
}

extension StageBuild {
    /// Carries out a `COPY` or an `ADD`.
    mutating func copy(_ instruction: CopyInstruction) throws -> Bool {
        let expander = state.variables.expander
        let copy = try instruction.expanded(expander)
        let source = try session.source(copy.files.from.flatMap { node.sources[$0] ?? .image($0) })
        let lower = try session.tree(of: copy.files.isLinked ? [] : state.layers)
        let work = try CopyWork(copy, source: source, lower: lower, layers: session.layers, state: state)
        let base = key("copy", isDetached: copy.files.isLinked)
        var keys: [() throws -> CacheKey] = []
        if let identity = source.identity { keys.append { work.definitionKey(base, identity: identity) } }
        keys.append { try work.contentKey(base) }
        return try layer(copy.history, keys: keys) { _, draft in
            try work.perform(in: draft)
        }
    }
}
