import Dockerfile
import Linux
import SystemPackage

/// A `COPY` or an `ADD`, as far as they are alike.
struct CopyInstruction {
    let keyword: String
    var files: Copy
    /// Whether archives are unpacked; nil is those of the build context and of stages.
    let unpacks: Bool?
    /// What the only source has to be, which comes from elsewhere.
    var checksum: String?
    /// Whether git's own files come along; nil is as the source says.
    let keepsGitDirectory: Bool?

    init(_ copy: Copy) {
        keyword = "COPY"
        files = copy
        unpacks = false
        keepsGitDirectory = nil
    }

    init(_ add: Add) {
        keyword = "ADD"
        files = add.files
        unpacks = add.unpacks
        checksum = add.checksum
        keepsGitDirectory = add.keepsGitDirectory
    }

    /// Replaces the variables.
    func expanded(_ expander: WordExpander) throws -> CopyInstruction {
        var copy = self
        copy.files.sources = try files.sources.map { try expander.expand($0) }
        copy.files.destination = try expander.expand(files.destination)
        copy.files.owner = try files.owner.map { try expander.expand($0) }
        copy.files.mode = try files.mode.map { try expander.expand($0) }
        copy.files.excludes = try files.excludes.map { try expander.expand($0) }
        copy.checksum = try checksum.map { try expander.expand($0) }
        return copy
    }

    var history: String {
        HistoryText.copy(
            keyword,
            owner: files.owner,
            mode: files.mode,
            keepsParents: files.keepsParents,
            isLinked: files.isLinked,
            sources: files.sources + files.heredocs.map { "<<\($0.name)" },
            destination: files.destination
        )
    }
}

extension StageBuild {
    /// Carries out a `COPY` or an `ADD`.
    mutating func copy(_ instruction: CopyInstruction, step: BuildStep) throws -> Bool {
        let copy = try instruction.expanded(state.variables.expander)
        return try self.copy(copy, try parts(of: copy, step), history: copy.history)
    }

    /// Copies all that a tree has, so that the stage begins with it.
    mutating func copyAll(from source: CopySource, history: String) throws -> Bool {
        let copy = CopyInstruction(Copy(sources: ["/"], destination: "/"))
        return try self.copy(copy, [CopyPart(paths: ["/"], source: source, unpacks: false)], history: history)
    }

    private mutating func copy(_ copy: CopyInstruction, _ parts: [CopyPart], history: String) throws -> Bool {
        let work = try CopyWork(copy, parts: parts, layers: session.layers, state: state)
        let base = key("copy", isDetached: copy.files.isLinked)
        var keys: [() throws -> CacheKey] = []
        if let key = work.definitionKey(base) { keys.append { key } }
        keys.append { try work.contentKey(base) }
        let lower = copy.files.isLinked ? [] : state.layers
        return try layer(history, keys: keys) { build, draft in
            try work.perform(in: draft, over: build.session.tree(of: lower))
        }
    }
}
