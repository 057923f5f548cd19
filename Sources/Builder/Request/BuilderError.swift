public import Dockerfile
public import OCI
public import SystemPackage

/// A build that cannot go on.
///
/// Mistakes in the Dockerfile's text are `DockerfileError`s instead; these are what turned out while building.
public struct BuilderError: Error, Hashable, Sendable {
    /// Where the instruction stands, if one is to blame.
    public struct Place: Hashable, Sendable {
        /// The file as the user named it.
        public let file: String
        /// Where the instruction stands in it.
        public let range: SourceRange
        /// The lines around it, the instruction's own marked.
        public let excerpt: String
        /// The step as progress shows it; nil for an instruction that is none.
        public let step: String?
    }

    /// What happened.
    public let problem: Problem
    /// Where, if an instruction is to blame.
    public let place: Place?

    init(_ problem: Problem, at place: Place? = nil) {
        self.problem = problem
        self.place = place
    }

    /// What may go wrong while building.
    public enum Problem: Hashable, Sendable {
        case missingContext(FilePath)
        case missingDockerfile(FilePath)
        case missingTarget(String)
        case cycle([String])
        case missingImage(String)
        case notPulled(String, reason: String)
        /// A platform whose programs do not run on this one, and why.
        case noEmulator(Platform, own: Platform, EmulatorLack)
        case missingSource(String, isIgnored: Bool)
        case noMatch(String)
        case notAFolder(String)
        case isAFolder(String)
        case tooManyLinks(String)
        case unknownUser(String)
        case unknownGroup(String)
        case badOwner(String)
        case badMode(String)
        case missingSecret(String)
        case missingAgent(String)
        case badAgent(String, String)
        case unsupported(String)
        case notAllowed(String, option: String)
        case badPath(String)
        case badPort(String)
        case badSignal(String)
        case badFilter(String)
        /// A list of `key=value` pairs, and what is wrong with it.
        case badAttribute(String, String)
        /// What a place that should have a cache does not have.
        case noCache(String)
        case badURL(String)
        case badChecksum(String)
        case wrongChecksum(String, expected: Digest, actual: Digest)
        case download(String, reason: String)
        case commandFailed(String, exitCode: Int32, lastOutput: [String])
        /// By the names of the rules.
        case checksFailed([String])
        case other(String)
    }
}

extension BuilderError: CustomStringConvertible {
    /// `Dockerfile:7:1: …`
    public var description: String {
        place.map { "\($0.file):\($0.range.start.line):\($0.range.start.column): \(problem)" } ?? "\(problem)"
    }

    /// What the failed step wrote last, and its place in the file: several lines to be shown above the error.
    public var excerpt: String? {
        guard let place else { return nil }
        var lines: [String] = []
        if let step = place.step {
            lines += ["------", " > \(step):"]
            if case .commandFailed(_, _, let output) = problem { lines += output }
            lines.append("------")
        }
        let rule = "--------------------"
        lines += ["\(place.file):\(place.range.start.line)", rule, place.excerpt, rule]
        return lines.joined(separator: "\n")
    }
}

extension BuilderError.Problem: CustomStringConvertible {
    /// What happened, without the place.
    public var description: String {
        switch self {
        case .missingContext(let path): "build context \(path) is not a folder"
        case .missingDockerfile(let path): "\(path): no such Dockerfile"
        case .missingTarget(let name): "target stage \"\(name)\" could not be found"
        case .cycle(let stages): "stages depend on each other: \(stages.joined(separator: " → "))"
        case .missingImage(let name): "no image \"\(name)\" here, and it cannot be pulled"
        case .notPulled(let name, let reason): "\(name): failed to resolve source metadata: \(reason)"
        case .noEmulator(let platform, let own, let lack): "RUN for \(platform) on \(own): \(lack)"
        case .missingSource(let path, let isIgnored):
            "\"\(path)\" not found\(isIgnored ? ": it is excluded by .dockerignore" : "")"
        case .noMatch(let pattern): "\"\(pattern)\" matches nothing"
        case .notAFolder(let path): "\(path) is not a folder"
        case .isAFolder(let path): "\(path) is a folder and cannot become a file"
        case .tooManyLinks(let path): "\(path): too many symbolic links"
        case .unknownUser(let name): "no user \"\(name)\" in the stage's /etc/passwd"
        case .unknownGroup(let name): "no group \"\(name)\" in the stage's /etc/group"
        case .badOwner(let text): "\"\(text)\" is not user[:group]"
        default: detail
        }
    }

    private var detail: String {
        switch self {
        case .badMode(let text): "\"\(text)\" is not a file mode"
        case .missingSecret(let id): "secret \"\(id)\" is required and was not given"
        case .missingAgent(let id): "ssh agent \"\(id)\" is required and was not given: --ssh \(id)"
        case .badAgent(let id, let why): "ssh agent \"\(id)\": \(why)"
        case .unsupported(let what): "\(what) is not supported"
        case .notAllowed(let what, let option): "\(what) needs \(option)"
        case .badPath(let text): "\"\(text)\" is not a path"
        case .badPort(let text): "\"\(text)\" is not a port"
        case .badSignal(let text): "\"\(text)\" is not a signal"
        case .badFilter(let text): "\"\(text)\" is not a filter of the build cache"
        case .badAttribute(let text, let why): "invalid value \"\(text)\": \(why)"
        case .noCache(let what): "there is no cache: no \(what)"
        case .badURL(let text): "\"\(text)\" is not a URL"
        case .badChecksum(let text): "\"\(text)\" is not a checksum such as sha256:…"
        case .wrongChecksum(let url, let expected, let actual): "\(url) is \(actual), not \(expected) as it should be"
        case .download(let url, let reason): "\(url): \(reason)"
        case .commandFailed(let command, let code, _):
            "process \"\(command)\" did not complete successfully: exit code: \(code)"
        case .checksFailed(let rules): "lint violation found for rules: \(rules.joined(separator: ", "))"
        case .other(let text): text
        default: ""
        }
    }
}
