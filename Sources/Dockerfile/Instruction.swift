/// One instruction of a stage, with its place and its text.
public struct LocatedInstruction: Hashable, Sendable {
    /// What to do.
    public let instruction: Instruction
    /// Where it stands.
    public let range: SourceRange
    /// The instruction on one line, as progress and messages show it.
    public let text: String
    /// The comments right above it.
    var comments: [String] = []
}

/// What a stage does, one step at a time. Words hold their variables unexpanded, unless it says otherwise.
public enum Instruction: Hashable, Sendable {
    case add(Add)
    case arg([ArgumentDeclaration])
    case cmd(Command)
    case copy(Copy)
    case entrypoint(Command)
    case env([Pair])
    case expose([String])
    case healthcheck(ProbeDeclaration)
    case label([Pair])
    case maintainer(String)
    /// The trigger's own text, heredocs included; it was parsed once to see that it is right.
    case onbuild(String)
    case run(Run)
    case shell([String])
    case stopsignal(String)
    case user(String)
    case volume([String])
    case workdir(String)
}

/// A command in one of its two forms. Variables in it are the shell's own affair.
public enum Command: Hashable, Sendable {
    /// `["executable", "argument"]`
    case exec([String])
    /// Text for the shell that `SHELL` names.
    case shell(String)
}

/// `name=value`
public struct Pair: Hashable, Sendable {
    /// The name, as written.
    public let name: String
    /// The value, as written.
    public let value: String

    /// The value of these parts.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// `ARG name[=default]`
public struct ArgumentDeclaration: Hashable, Sendable {
    /// The name, as written.
    public let name: String
    /// The value, as written.
    public let value: String?

    /// The value of these parts.
    public init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// What `COPY` copies, and how.
public struct Copy: Hashable, Sendable {
    /// Paths or patterns in the source tree; heredocs are listed apart.
    public var sources: [String]
    /// The documents that the instruction brings along, in order.
    public var heredocs: [Heredoc]
    /// Where it goes; relative to the working directory.
    public var destination: String
    /// A stage, an image or a named context; nil is the build context. Not expanded.
    public var from: String?
    /// `user[:group]`
    public var owner: String?
    /// Octal, or symbolic such as `u=rwX,go-w`.
    public var mode: String?
    /// Whether the files make a layer that does not look at what lies below.
    public var isLinked = false
    /// Whether the sources' own folders are kept, as `cp --parents` does.
    public var keepsParents = false
    /// Patterns relative to the source.
    public var excludes: [String] = []

    /// A copy of these sources, and nothing special about it.
    public init(sources: [String], heredocs: [Heredoc] = [], destination: String, from: String? = nil) {
        self.sources = sources
        self.heredocs = heredocs
        self.destination = destination
        self.from = from
    }
}

/// What `ADD` adds.
public struct Add: Hashable, Sendable {
    /// The sources and what becomes of them.
    public var files: Copy
    /// `sha256:…` of what is fetched.
    public var checksum: String?
    /// Whether archives are unpacked; nil is local ones only.
    public var unpacks: Bool?
    /// Whether `.git` stays in what a repository yields; nil is as the source itself says.
    public var keepsGitDirectory: Bool?
}

/// What `RUN` runs.
public struct Run: Hashable, Sendable {
    /// What a command may reach.
    public enum Network: String, Hashable, Sendable {
        case `default`, none, host
    }

    /// The command itself.
    public var command: Command
    /// The documents that the instruction brings along, in order.
    public var heredocs: [Heredoc]
    /// What the command finds mounted besides its stage's tree.
    public var mounts: [RunMount] = []
    /// What the command may reach.
    public var network: Network = .default
    /// Whether the author asks for privileges that a build does not have by itself.
    public var isInsecure = false
}

/// One `--mount` of a `RUN`. Variables are not replaced, and what else they decide is not known, before ``expanded(_:)``.
public struct RunMount: Hashable, Sendable {
    /// What is mounted.
    public enum Kind: String, Hashable, Sendable {
        case bind, cache, tmpfs, secret, ssh
    }

    /// What becomes of a cache that two steps want at once.
    public enum Sharing: String, Hashable, Sendable {
        case shared, `private`, locked
    }

    /// As written: variables are replaced in it, and then it is read again.
    let text: String
    /// The keys that are there.
    var given: Set<String> = []
    /// Whether a variable decides what is mounted.
    var hasOpenKind = false
    /// What is mounted.
    public var kind: Kind = .bind
    /// Where it appears; relative to the working directory.
    public var target: String?
    /// The path within the tree that it comes from.
    public var source: String?
    /// Not expanded.
    public var from: String?
    /// Whether it may be written; nil is the kind's own habit.
    public var isReadOnly: Bool?
    /// The name of a cache or secret.
    public var id: String?
    /// What becomes of the cache when another step uses it.
    public var sharing: Sharing = .shared
    /// Whether a missing secret is an error.
    public var isRequired = false
    /// The variable that holds a secret, instead of a file.
    public var variable: String?
    /// Permissions of the cache folder or the secret.
    public var mode: UInt32?
    /// The owner of the cache folder or the secret.
    public var uid: UInt32?
    /// The group of the cache folder or the secret.
    public var gid: UInt32?
    /// Bytes of a `tmpfs`.
    public var size: Int?
}

/// What `HEALTHCHECK` says. Durations in nanoseconds; zero is the base image's.
public enum ProbeDeclaration: Hashable, Sendable {
    case none
    case probe(Command, Timing)

    /// When the probe runs and what counts.
    public struct Timing: Hashable, Sendable {
        /// Between two probes.
        public var interval = 0
        /// How long one probe may take.
        public var timeout = 0
        /// How long failures do not count after a start.
        public var startPeriod = 0
        /// Between two probes while starting.
        public var startInterval = 0
        /// How many failures in a row make it unhealthy; zero is the base image's number.
        public var retries = 0

        /// Everything as in the base image.
        public init() {}
    }
}

extension Instruction {
    /// The word that opens it.
    public var keyword: String {
        switch self {
        case .add: "ADD"
        case .arg: "ARG"
        case .cmd: "CMD"
        case .copy: "COPY"
        case .entrypoint: "ENTRYPOINT"
        case .env: "ENV"
        case .expose: "EXPOSE"
        case .healthcheck: "HEALTHCHECK"
        case .label: "LABEL"
        case .maintainer: "MAINTAINER"
        case .onbuild: "ONBUILD"
        case .run: "RUN"
        case .shell: "SHELL"
        case .stopsignal: "STOPSIGNAL"
        case .user: "USER"
        case .volume: "VOLUME"
        case .workdir: "WORKDIR"
        }
    }
}
