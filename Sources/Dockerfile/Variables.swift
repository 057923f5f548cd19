/// What variables mean before the first stage: declarations, the user's build arguments, and the platform.
public struct GlobalVariables: Sendable {
    /// Arguments that a build has without declaring them, and that leave no trace.
    public static let implicit: [String] = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
        .flatMap { [$0, ASCII.lowercased($0)] }

    /// `--build-arg`
    public let given: [String: String]
    /// `TARGETPLATFORM` and the like: known to FROM lines, and to a stage that declares them.
    public let platform: [String: String]
    /// What the declarations before the first FROM came to.
    public private(set) var declared: [String: String] = [:]
    private let escape: Character

    /// Works the declarations out, one after the other.
    public init(
        _ document: DockerfileDocument,
        given: [String: String],
        platform: [String: String]
    ) throws(DockerfileError) {
        self.given = given
        self.platform = platform
        escape = document.directives.escape
        for located in document.globalArguments {
            guard case .arg(let declarations) = located.instruction else { continue }
            do throws(DockerfileProblem) {
                for declaration in declarations { try declare(declaration) }
            } catch {
                throw DockerfileError(file: document.file, position: located.range.start, problem: error)
            }
        }
    }

    private mutating func declare(_ declaration: ArgumentDeclaration) throws(DockerfileProblem) {
        var value = given[declaration.name]
        if value == nil, let text = declaration.value { value = try expander.expand(text) }
        declared[declaration.name] = value ?? platform[declaration.name]
    }

    /// For FROM lines.
    public var expander: WordExpander {
        WordExpander(variables: platform.merging(declared) { $1 }, escape: escape)
    }

    /// What a bare `ARG name` in a stage takes.
    func value(of name: String) -> String? { given[name] ?? declared[name] ?? platform[name] }
}

/// What variables mean within a stage, from one instruction to the next.
public struct StageVariables: Sendable {
    /// `ENV`, in order of first appearance.
    public private(set) var environment: [Pair]
    /// Declared arguments that have a value, in order of declaration.
    public private(set) var arguments: [Pair]
    /// Names that were declared, with or without a value, in order.
    public private(set) var declaredNames: [String]
    /// What names mean: what `ENV` or `ARG` said last.
    private var values: [String: String]
    private let global: GlobalVariables
    private let escape: Character

    /// At the start of a stage: the base image's environment, and the arguments of the stage it continues, if any.
    public init(
        _ global: GlobalVariables,
        environment: [Pair],
        continuing parent: StageVariables? = nil,
        escape: Character
    ) {
        self.global = global
        self.environment = environment
        self.escape = escape
        arguments = parent?.arguments ?? []
        declaredNames = parent?.declaredNames ?? []
        let ends = Dictionary(environment.map { ($0.name, $0.value) }) { $1 }
        values = ends.merging(parent?.values ?? [:]) { $1 }
    }

    /// Carries out an `ARG`. Each default sees the arguments that stand before it; that of one that is given is not looked
    /// at.
    ///
    /// - Returns: the names, with the values that they have from now on.
    @discardableResult
    public mutating func declare(
        _ declarations: [ArgumentDeclaration]
    ) throws(DockerfileProblem) -> [ArgumentDeclaration] {
        var declared: [ArgumentDeclaration] = []
        for declaration in declarations {
            let expander = self.expander
            let name = try expander.expand(declaration.name)
            var value = declaration.value == nil ? global.value(of: name) : global.given[name]
            if value == nil, let text = declaration.value { value = try expander.expand(text) }
            if !declaredNames.contains(name) { declaredNames.append(name) }
            declared.append(ArgumentDeclaration(name: name, value: value))
            guard let value else { continue }
            Self.set(name, to: value, in: &arguments)
            values[name] = value
        }
        return declared
    }

    /// Whether `--build-arg` gives it a value.
    func isGiven(_ name: String) -> Bool { global.given[name] != nil }

    /// Carries out an `ENV`, whose values are already expanded.
    public mutating func assign(_ pairs: [Pair]) {
        for pair in pairs {
            Self.set(pair.name, to: pair.value, in: &environment)
            values[pair.name] = pair.value
        }
    }

    /// For the words of the next instruction.
    public var expander: WordExpander { WordExpander(variables: values, escape: escape) }

    /// What a command sees: the environment and the arguments, each as it was set last.
    public var commandEnvironment: [Pair] {
        let further = arguments.filter { argument in !environment.contains { $0.name == argument.name } }
        return (environment + further).map { Pair(name: $0.name, value: values[$0.name] ?? $0.value) }
    }

    /// Every declared argument with what it means to a command, nothing if that is so.
    public var declaredArguments: [Pair] { declaredNames.map { Pair(name: $0, value: values[$0] ?? "") } }

    /// The proxies among the build arguments, in capitals and small: a command sees them undeclared, and history and cache
    /// do not.
    public var implicitArguments: [Pair] {
        GlobalVariables.implicit.compactMap { name in
            guard !declaredNames.contains(name), !environment.contains(where: { $0.name == name }) else { return nil }
            let other = ASCII.lowercased(name) == name ? name.uppercased() : ASCII.lowercased(name)
            return (global.given[name] ?? global.given[other]).map { Pair(name: name, value: $0) }
        }
    }

    private static func set(_ name: String, to value: String, in pairs: inout [Pair]) {
        let pair = Pair(name: name, value: value)
        if let index = pairs.firstIndex(where: { $0.name == name }) { pairs[index] = pair } else { pairs.append(pair) }
    }
}
