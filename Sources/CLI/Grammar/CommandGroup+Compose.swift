extension CommandGroup {
    /// Compose's commands, and nothing else.
    static let compose = CommandGroup(
        summary: "Define and run applications of several containers",
        entries: composeEntries
    )

    static let composeEntries: [(name: String, entry: Entry)] = [
        ("attach", .command(Compose.Attach.self)),
        ("build", .command(Compose.Build.self)),
        ("commit", .command(Compose.Commit.self)),
        ("config", .command(Compose.Config.self)),
        ("cp", .command(Compose.Copy.self)),
        ("create", .command(Compose.Create.self)),
        ("down", .command(Compose.Down.self)),
        ("events", .command(Compose.Events.self)),
        ("exec", .command(Compose.Exec.self)),
        ("export", .command(Compose.Export.self)),
        ("images", .command(Compose.Images.self)),
        ("kill", .command(Compose.Kill.self)),
        ("logs", .command(Compose.Logs.self)),
        ("ls", .command(Compose.List.self)),
        ("pause", .command(Compose.Pause.self)),
        ("port", .command(Compose.Port.self)),
        ("ps", .command(Compose.PS.self)),
        ("pull", .command(Compose.Pull.self)),
        ("push", .command(Compose.Push.self)),
        ("restart", .command(Compose.Restart.self)),
        ("rm", .command(Compose.Remove.self)),
        ("run", .command(Compose.Run.self)),
        ("scale", .command(Compose.Scale.self)),
        ("start", .command(Compose.Start.self)),
        ("stats", .command(Compose.Stats.self)),
        ("stop", .command(Compose.Stop.self)),
        ("top", .command(Compose.Top.self)),
        ("unpause", .command(Compose.Unpause.self)),
        ("up", .command(Compose.Up.self)),
        ("version", .command(Compose.Version.self)),
        ("volumes", .command(Compose.Volumes.self)),
        ("wait", .command(Compose.Wait.self)),
    ]
}
