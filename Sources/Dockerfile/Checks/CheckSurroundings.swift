public import OCI

/// What a build knows besides its Dockerfile, as far as the checks ask for it.
public struct CheckSurroundings: Sendable {
    /// What an image brings along.
    public struct Base: Sendable {
        /// What it was made for.
        public var platform: Platform
        /// Its variables.
        public var environment: [Pair]
        /// Whether it says which shell runs commands.
        public var namesShell: Bool
        /// What it has the children do that are built on it.
        public var triggers: [String]

        /// The value of these parts.
        public init(platform: Platform, environment: [Pair], namesShell: Bool, triggers: [String]) {
            self.platform = platform
            self.environment = environment
            self.namesShell = namesShell
            self.triggers = triggers
        }
    }

    /// `--build-arg`, and what was declared before the first FROM.
    public var variables: GlobalVariables
    /// What is built for.
    public var platform: Platform
    /// The stages whose instructions are looked at, by index; nil is all.
    public var stages: Set<Int>?
    /// What the build context leaves out.
    public var ignored: IgnorePatterns
    /// Names that mean something of the request's own, where they stand in the place of an image or a stage.
    public var contexts: Set<String>
    /// What is known of an image for a platform; nil where it is not here.
    public var base: @Sendable (String, Platform) -> Base?

    /// The value of these parts.
    public init(
        variables: GlobalVariables,
        platform: Platform,
        stages: Set<Int>? = nil,
        ignored: IgnorePatterns = .none,
        contexts: Set<String> = [],
        base: @escaping @Sendable (String, Platform) -> Base? = { _, _ in nil }
    ) {
        self.variables = variables
        self.platform = platform
        self.stages = stages
        self.ignored = ignored
        self.contexts = contexts
        self.base = base
    }
}
