/// The flags before a command of Docker's grammar. Where an engine would have to be reached they say nothing here.
enum DockerFlags {
    static let version = Flag.toggle("-v, --version", "Print the version")

    /// Flags that choose an engine: there is none to choose.
    private static let ignored: [any FlagDeclaration] = [
        Flag<String?>.text("-l, --log-level", "How much is said").hidden,
        Flag<String?>.text("-c, --context", "Name of a context").hidden,
        Flag.list("-H, --host", "Socket of an engine").hidden,
    ]

    static let debug = Flag.toggle("-D, --debug", "Explain what the checks of a build find")
    static let config = Flag<String?>.text("--config", "Folder of the client's configuration")

    static let all: [any FlagDeclaration] = ignored + [config, debug, version, ComposeFlags.root, Help.flag]
}
