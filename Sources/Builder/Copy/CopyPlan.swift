import Dockerfile
import Linux

/// What one `COPY` or `ADD` will do, file by file, before anything is done.
struct CopyPlan: Sendable {
    /// One thing to copy.
    struct Item: Sendable {
        /// Its path in the source tree.
        let source: TreePath
        let entry: TreeEntry
        /// Where it goes, relative to the stage's root; its own name not yet resolved.
        let target: TreePath
        /// Whether it was named itself, and not found in a folder that was.
        let isNamed: Bool
    }

    /// What the sources and the destination are once their variables are replaced.
    struct Request: Sendable {
        var sources: [String]
        var destination: TreePath
        /// Whether the destination was written with a slash at its end, or is `.`.
        var isFolder: Bool
        var keepsParents = false
        /// Whether a folder that is copied keeps what the source says of it, and not of what is in it alone.
        var keepsTop = false
        var excludes: IgnorePatterns = .none
    }

    private(set) var items: [Item] = []

    /// Finds what a request is about.
    ///
    /// - Parameters:
    ///   - ignored: Paths of the tree that do not take part.
    ///   - destinationIsFolder: Whether the stage has a folder at the destination.
    init(
        _ request: Request,
        from tree: some SourceTree,
        ignored: IgnorePatterns,
        destinationIsFolder: Bool
    ) throws {
        let finder = SourceFinder(tree: tree, ignored: ignored, goesDeep: request.keepsParents)
        let sources = try request.sources.flatMap { try finder.find($0) }
        var known: Set<TreePath> = []
        let goesInside = request.isFolder || destinationIsFolder || sources.count > 1 || request.keepsParents
        for source in sources {
            let resolved = try tree.resolve(source.path)
            guard let entry = try tree.entry(at: resolved) else {
                throw BuilderError(.missingSource("/\(source.path)", isIgnored: false))
            }
            var target = request.destination
            if request.keepsParents {
                target.names += source.kept.names
                try addParents(of: source, to: request.destination, from: tree, but: &known)
            } else if entry.kind != .folder, goesInside, let name = source.path.last {
                target.names.append(name)
            }
            let isNamed = !request.keepsParents && !(request.keepsTop && entry.kind == .folder)
            let top = Item(source: resolved, entry: entry, target: target, isNamed: isNamed)
            let count = items.count
            try add(top, source, request, from: tree, finder)
            if request.keepsParents { known.formUnion(items[count...].lazy.map(\.target)) }
        }
    }

    /// Adds a source and all that is in it, but for what is left out.
    private mutating func add<Tree: SourceTree>(
        _ top: Item,
        _ source: SourceFinder<Tree>.Found,
        _ request: Request,
        from tree: Tree,
        _ finder: SourceFinder<Tree>
    ) throws {
        guard top.entry.kind == .folder else {
            let path = request.keepsParents ? source.kept : TreePath(source.path.names.suffix(1))
            if !request.excludes.ignores(path.description) { items.append(top) }
            return
        }
        items.append(top)
        let walk = Walk(tree: tree, ignored: finder.ignored, excludes: request.excludes, top: top.source)
        try walk.add(
            to: &items,
            from: top.source,
            target: top.target,
            relative: request.keepsParents ? source.kept : .root,
            verdicts: finder.verdict(on: top.source)
        )
    }

    /// The folders above a source that are copied with it, as far as they are folders.
    ///
    /// - Parameter known: where something goes already.
    private mutating func addParents<Tree: SourceTree>(
        of source: SourceFinder<Tree>.Found,
        to destination: TreePath,
        from tree: Tree,
        but known: inout Set<TreePath>
    ) throws {
        for count in 1..<max(1, source.kept.names.count) {
            let above = TreePath(source.path.names.dropLast(source.kept.names.count - count))
            let path = try tree.resolve(above)
            let target = TreePath(destination.names + source.kept.names.prefix(count))
            guard let entry = try tree.entry(at: path), entry.kind == .folder,
                known.insert(target).inserted
            else { continue }
            items.append(Item(source: path, entry: entry, target: target, isNamed: false))
        }
    }

    /// One folder's contents after the other.
    private struct Walk<Tree: SourceTree> {
        let tree: Tree
        let ignored: IgnorePatterns
        let excludes: IgnorePatterns
        let top: TreePath

        func add(
            to items: inout [Item],
            from folder: TreePath,
            target: TreePath,
            relative: TreePath,
            verdicts: IgnorePatterns.Verdict?,
            exclusions: IgnorePatterns.Verdict? = nil
        ) throws {
            for name in try tree.names(in: folder) {
                let path = folder.appending(name)
                let inner = relative.appending(name)
                let verdict = ignored.isEmpty ? nil : ignored.verdict(on: path.description, below: verdicts)
                let exclusion = excludes.isEmpty ? nil : excludes.verdict(on: inner.description, below: exclusions)
                let isOut = verdict?.isIgnored ?? false || exclusion?.isIgnored ?? false
                guard let entry = try tree.entry(at: path), entry.kind != .socket else { continue }
                guard !isOut || entry.kind == .folder && mayHoldMore(path, inner, verdict, exclusion) else { continue }
                let count = items.count
                items.append(Item(source: path, entry: entry, target: target.appending(name), isNamed: false))
                guard entry.kind == .folder else { continue }
                try add(
                    to: &items,
                    from: path,
                    target: target.appending(name),
                    relative: inner,
                    verdicts: verdict,
                    exclusions: exclusion
                )
                if isOut, items.count == count + 1 { items.removeLast() }
            }
        }

        /// Whether an ignored folder has to be looked into for an exception below it.
        private func mayHoldMore(
            _ path: TreePath,
            _ inner: TreePath,
            _ verdict: IgnorePatterns.Verdict?,
            _ exclusion: IgnorePatterns.Verdict?
        ) -> Bool {
            (verdict?.isIgnored != true || ignored.mayIncludeBelow(path.description))
                && (exclusion?.isIgnored != true || excludes.mayIncludeBelow(inner.description))
        }
    }
}

/// Finds the sources of a `COPY` in a tree.
private struct SourceFinder<Tree: SourceTree> {
    struct Found {
        let path: TreePath
        /// What `--parents` keeps of the path.
        let kept: TreePath
    }

    let tree: Tree
    let ignored: IgnorePatterns
    /// Whether `**` stands for folders of any depth.
    let goesDeep: Bool

    /// The verdict on a path and all above it.
    func verdict(on path: TreePath) -> IgnorePatterns.Verdict? {
        guard !ignored.isEmpty else { return nil }
        var verdict: IgnorePatterns.Verdict?
        var prefix = TreePath.root
        for name in path.names {
            prefix.names.append(name)
            verdict = ignored.verdict(on: prefix.description, below: verdict)
        }
        return verdict
    }

    func find(_ source: String) throws -> [Found] {
        let pivot = try pivotIndex(source)
        let path = try TreePath(clamping: source)
        let patterns = try path.names.map { try PathPattern($0.description) }
        guard patterns.contains(where: { $0.literal == nil }) else {
            let plain = TreePath(patterns.compactMap { $0.literal.flatMap { FileName($0) } })
            return [try plainSource(plain, pivot: pivot)]
        }
        var found = [TreePath.root]
        for (name, pattern) in zip(path.names, patterns) {
            let isDeep = goesDeep && name.description == "**"
            found = try found.flatMap { try isDeep ? folders(from: $0) : matches(of: pattern, in: $0) }
        }
        let present = found.filter { verdict(on: $0)?.isIgnored != true }
        guard !present.isEmpty else { throw BuilderError(.noMatch(source)) }
        return present.map { Found(path: $0, kept: kept($0, pivot: pivot)) }
    }

    private func plainSource(_ path: TreePath, pivot: Int?) throws -> Found {
        let isIgnored = verdict(on: path)?.isIgnored ?? false
        let resolved = try tree.resolve(path)
        let entry = try tree.entry(at: resolved)
        let mayHoldMore = entry?.kind == .folder && ignored.mayIncludeBelow(path.description)
        guard entry != nil, !isIgnored || mayHoldMore else {
            throw BuilderError(.missingSource("/\(path)", isIgnored: isIgnored && entry != nil))
        }
        return Found(path: path, kept: kept(path, pivot: pivot))
    }

    private func matches(of pattern: PathPattern, in folder: TreePath) throws -> [TreePath] {
        let resolved = try tree.resolve(folder)
        if let literal = pattern.literal, let name = FileName(literal) {
            let path = folder.appending(name)
            return try tree.entry(at: resolved.appending(name)) == nil ? [] : [path]
        }
        guard try resolved.isRoot || tree.entry(at: resolved)?.kind == .folder else { return [] }
        return try tree.names(in: resolved).filter { pattern.matches($0.description) }.map { folder.appending($0) }
    }

    /// A folder and all below it; links are no folders.
    private func folders(from top: TreePath) throws -> [TreePath] {
        var folders = [top]
        var place = 0
        while place < folders.count {
            for name in try tree.names(in: folders[place]) {
                let path = folders[place].appending(name)
                if try tree.entry(at: path)?.kind == .folder { folders.append(path) }
            }
            place += 1
        }
        return folders
    }

    /// How many components stand before `/./`.
    private func pivotIndex(_ source: String) throws -> Int? {
        guard let pivot = source.firstRange(of: "/./") else { return nil }
        return try TreePath(clamping: String(source[..<pivot.lowerBound])).names.count
    }

    private func kept(_ path: TreePath, pivot: Int?) -> TreePath {
        guard let pivot else { return path }
        return TreePath(path.names.dropFirst(pivot))
    }
}
