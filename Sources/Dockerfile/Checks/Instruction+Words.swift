extension Instruction {
    /// The words of it in which variables are replaced; an `ARG`'s own are another matter.
    var expandedWords: [String] {
        switch self {
        case .add(let add): add.files.expandedWords + [add.checksum].compactMap(\.self)
        case .copy(let copy): copy.expandedWords
        case .env(let pairs), .label(let pairs): pairs.flatMap { [$0.name, $0.value] }
        case .expose(let words), .volume(let words): words
        case .run(let run): run.mounts.flatMap { [$0.target, $0.source, $0.id].compactMap(\.self) }
        case .stopsignal(let text), .user(let text), .workdir(let text): [text]
        case .arg, .cmd, .entrypoint, .healthcheck, .maintainer, .onbuild, .shell: []
        }
    }

    /// The documents within it in which variables are replaced.
    var expandedBodies: [String] {
        switch self {
        case .add(let add): add.files.heredocs.filter(\.isExpanded).map(\.body)
        case .copy(let copy): copy.heredocs.filter(\.isExpanded).map(\.body)
        default: []
        }
    }
}

extension Copy {
    fileprivate var expandedWords: [String] {
        sources + [destination] + [owner, mode].compactMap(\.self) + excludes
    }
}
