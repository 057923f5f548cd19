/// What a build can be told: the arguments, secrets and keys that some of its stages ask for.
public struct BuildOutline: Hashable, Sendable {
    /// An argument, with the value that it has.
    public struct Argument: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// What the comment above it says of it.
        public let description: String?
        /// What it comes to, given or not; empty where it comes to nothing.
        public let value: String
        /// Where it is declared.
        public let range: SourceRange
    }

    /// A secret, or the keys of an agent.
    public struct Key: Hashable, Sendable {
        /// What the request has to call it.
        public let id: String
        /// Whether there is no build without it.
        public let isRequired: Bool
        /// Where it is mounted.
        public let range: SourceRange
    }

    /// What the target is called; nil for one without a name.
    public let name: String?
    /// What the comment above the target says of it.
    public let description: String?
    /// In the order of the file.
    public let arguments: [Argument]
    /// In the order of the file.
    public let secrets: [Key]
    /// In the order of the file.
    public let agents: [Key]
}

extension DockerfileDocument {
    /// What these stages can be told, the target first.
    public func outline(of indices: [Int], variables: GlobalVariables) -> BuildOutline {
        let stages = indices.map { self.stages[$0] }
        var arguments: [String: BuildOutline.Argument] = [:]
        for stage in stages {
            for argument in OutlinedStage(self, stage, variables).arguments where arguments[argument.name] == nil {
                arguments[argument.name] = argument
            }
        }
        return BuildOutline(
            name: stages.first?.from.name,
            description: stages.first?.from.description,
            arguments: arguments.values.sorted { ($0.range.start.line, $0.name) < ($1.range.start.line, $1.name) },
            secrets: keys(.secret, in: stages),
            agents: keys(.ssh, in: stages)
        )
    }

    private func keys(_ kind: RunMount.Kind, in stages: [Stage]) -> [BuildOutline.Key] {
        var keys: [String: BuildOutline.Key] = [:]
        for located in stages.flatMap(\.instructions) {
            guard case .run(let run) = located.instruction else { continue }
            for mount in run.mounts where mount.kind == kind {
                let key = BuildOutline.Key(id: mount.key, isRequired: mount.isRequired, range: located.range)
                keys[key.id] = keys[key.id] ?? key
            }
        }
        return keys.values.sorted { ($0.range.start.line, $0.id) < ($1.range.start.line, $1.id) }
    }
}

extension RunMount {
    /// What a request has to call what is mounted, as far as the instruction alone tells.
    fileprivate var key: String {
        let last = target?.split(separator: "/").last.map(String.init)
        return id ?? (kind == .ssh ? "default" : last ?? "")
    }
}

extension From {
    /// What the comment above says of the stage: the line that begins with its name.
    public var description: String? { name.flatMap { comments.text(about: $0) } }
}

extension [String] {
    /// The rest of the first line that begins with a name.
    func text(about name: String) -> String? {
        first { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
