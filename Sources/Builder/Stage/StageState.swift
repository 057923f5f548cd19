import Dockerfile
import Linux
import OCI

/// What a stage has come to so far.
struct StageState: Sendable {
    /// The image as it would be if the stage ended here.
    var image: ImageConfiguration
    /// What the stage is for; its base may be for another one where there is no other.
    let platform: Platform
    var variables: StageVariables
    /// How much of the image is of the base that the first of its stages started from.
    let inherited: Inherited
    /// Whether this stage has given a CMD of its own, which an ENTRYPOINT then leaves alone.
    private var hasOwnCommand = false
    /// What the clock of this build says, as RFC 3339.
    private let now: String

    /// What an image has of its base.
    struct Inherited: Hashable {
        var layers = 0
        var history = 0
    }

    /// The search path of an image that has none.
    private static let searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Starts from a base.
    ///
    /// - Parameter parent: the stage that this one continues.
    init(
        from base: ImageConfiguration,
        for platform: Platform,
        global: GlobalVariables,
        continuing parent: StageState?,
        escape: Character,
        now: Int64
    ) {
        image = base
        self.platform = platform
        inherited =
            parent?.inherited ?? Inherited(layers: base.rootfs.diffIDs.count, history: base.history.count)
        if !image.config.env.contains(where: { $0.hasPrefix("PATH=") }) { image.config.env.append(Self.searchPath) }
        if image.config.workingDir == nil { image.config.workingDir = "/" }
        image.config.onBuild = []
        image.inlineCache = nil
        let environment = image.config.env.map(Pair.init(assignment:))
        variables = StageVariables(global, environment: environment, continuing: parent?.variables, escape: escape)
        self.now = Timestamp.text(now)
    }

    /// Starts from how an image is run that was made elsewhere, and is to be run otherwise.
    init(changing configuration: RunConfiguration, _ global: GlobalVariables) {
        image = ImageConfiguration()
        image.config = configuration
        inherited = Inherited()
        platform = .host
        let environment = configuration.env.map(Pair.init(assignment:))
        variables = StageVariables(global, environment: environment, escape: "\\")
        now = ""
    }

    var shell: [String] { image.config.shell ?? ["/bin/sh", "-c"] }
    var workingDirectory: String { image.config.workingDir ?? "/" }
    var layers: [Digest] { image.rootfs.diffIDs }

    /// A path as `COPY` and `WORKDIR` mean it: relative to the working directory.
    func absolute(_ path: String) -> String {
        let joined = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        var components: [Substring] = []
        for component in joined.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return "/" + components.joined(separator: "/")
    }

    /// Sets the working directory, and says where that is.
    @discardableResult
    mutating func changeDirectory(_ text: String) throws -> String {
        let path = absolute(try variables.expander.expand(text))
        image.config.workingDir = path
        return path
    }

    // MARK: History

    /// Notes an instruction that left no layer.
    mutating func note(_ text: String) {
        add(text, created: now, isEmpty: true)
    }

    /// Notes an instruction and the layer that it left.
    mutating func note(_ text: String, layer: Digest, created: Int64) {
        image.rootfs.diffIDs.append(layer)
        add(text, created: Timestamp.text(created), isEmpty: false)
    }

    private mutating func add(_ text: String, created: String, isEmpty: Bool) {
        image.created = created
        image.history.append(
            ImageConfiguration.History(
                created: created,
                createdBy: text,
                comment: "buildkit.dockerfile.v0",
                emptyLayer: isEmpty ? true : nil
            )
        )
    }
}

extension Pair {
    /// Reads `NAME=value`.
    init(assignment text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(name: parts[0], value: parts.count == 2 ? parts[1] : "")
    }
}

// MARK: Instructions that change no file

extension StageState {
    /// Carries out an instruction that only changes how the image is run.
    ///
    /// - Returns: false for one that needs more than that.
    mutating func apply(_ instruction: Instruction) throws -> Bool {
        let expander = variables.expander
        switch instruction {
        case .arg(let declarations):
            note(HistoryText.arguments(try variables.declare(declarations)))
        case .env(let pairs):
            let pairs = try pairs.map { try $0.expanded(expander) }
            variables.assign(pairs)
            image.config.env = variables.environment.map { "\($0.name)=\($0.value)" }
            note(HistoryText.pairs("ENV", pairs))
        case .label(let pairs):
            let pairs = try pairs.map { try $0.expanded(expander) }
            for pair in pairs { image.config.labels[pair.name] = pair.value }
            note(HistoryText.pairs("LABEL", pairs))
        case .maintainer(let author):
            image.author = author
            note("MAINTAINER \(author)")
        case .onbuild(let trigger):
            image.config.onBuild.append(trigger)
        case .shell(let shell):
            image.config.shell = shell
            note(HistoryText.list("SHELL", shell))
        case .user(let user):
            let user = try expander.expand(user)
            image.config.user = user
            note("USER \(user)")
        default:
            return try applyRun(instruction, expander)
        }
        return true
    }

    /// The ones about the container's main process.
    private mutating func applyRun(_ instruction: Instruction, _ expander: WordExpander) throws -> Bool {
        switch instruction {
        case .cmd(let command):
            hasOwnCommand = true
            image.config.cmd = arguments(of: command)
            note(HistoryText.command("CMD", image.config.cmd ?? []))
        case .entrypoint(let command):
            image.config.entrypoint = arguments(of: command)
            if !hasOwnCommand { image.config.cmd = nil }
            note(HistoryText.command("ENTRYPOINT", image.config.entrypoint ?? []))
        case .expose(let words):
            let ports = try words.flatMap { try expander.words($0) }.flatMap(PortList.parse)
            image.config.exposedPorts = Set(image.config.exposedPorts + ports).sorted()
            note(HistoryText.list("EXPOSE", ports))
        case .volume(let paths):
            let paths = try paths.map { try expander.expand($0) }
            image.config.volumes = Set(image.config.volumes + paths).sorted()
            note(HistoryText.list("VOLUME", paths))
        case .stopsignal(let text):
            let signal = try expander.expand(text)
            guard SignalName.isValid(signal) else { throw BuilderError(.badSignal(signal)) }
            image.config.stopSignal = signal
            note("STOPSIGNAL \(signal)")
        case .healthcheck(let declaration):
            let probe = probe(declaration)
            image.config.healthcheck = probe
            note("HEALTHCHECK \(HistoryText.probe(probe))")
        default:
            return false
        }
        return true
    }

    private func arguments(of command: Command) -> [String] {
        switch command {
        case .exec(let words): words
        case .shell(let text): shell + [text]
        }
    }

    private func probe(_ declaration: ProbeDeclaration) -> RunConfiguration.HealthCheck {
        guard case .probe(let command, let timing) = declaration else {
            return RunConfiguration.HealthCheck(test: ["NONE"])
        }
        var probe = RunConfiguration.HealthCheck()
        switch command {
        case .exec(let words): probe.test = ["CMD"] + words
        case .shell(let text): probe.test = ["CMD-SHELL", text]
        }
        probe.interval = timing.interval == 0 ? nil : timing.interval
        probe.timeout = timing.timeout == 0 ? nil : timing.timeout
        probe.startPeriod = timing.startPeriod == 0 ? nil : timing.startPeriod
        probe.startInterval = timing.startInterval == 0 ? nil : timing.startInterval
        probe.retries = timing.retries == 0 ? nil : timing.retries
        return probe
    }
}

extension Pair {
    fileprivate func expanded(_ expander: WordExpander) throws -> Pair {
        Pair(name: try expander.expand(name), value: try expander.expand(value))
    }
}
