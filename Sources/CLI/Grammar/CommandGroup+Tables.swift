extension CommandGroup {
    /// Compose's commands, and nothing else.
    static let compose = CommandGroup(
        summary: "Define and run applications of several containers",
        entries: composeEntries
    )

    /// Compose's commands and groups for single objects.
    static let tutti = CommandGroup(
        summary: "Runs Compose projects on Linux, with neither a daemon nor Docker",
        entries: composeEntries
    )

    /// Docker's commands.
    static let docker = CommandGroup(
        summary: "Docker's command line, without an engine behind it",
        entries: []
    )

    private static let composeEntries: [(name: String, entry: Entry)] = [
        ("version", .command(Version.self))
    ]
}
