extension CommandGroup {
    /// Compose's commands, and groups for single objects.
    static let tutti = CommandGroup(
        summary: "Runs Compose projects on Linux, with neither a daemon nor Docker",
        entries: composeEntries + groups
    )

    /// Docker's commands.
    static let docker = CommandGroup(
        summary: "Docker's command line, without an engine behind it",
        entries: []
    )

    private static let groups: [(name: String, entry: Entry)] = []
}
