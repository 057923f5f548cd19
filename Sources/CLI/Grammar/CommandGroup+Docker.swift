extension CommandGroup {
    /// Compose's commands, those of Docker whose names Compose does not have, and groups for single objects.
    static let tutti = CommandGroup(
        summary: "Runs Compose projects on Linux, with neither a daemon nor Docker",
        entries: composeEntries
            + shortEntries.filter { short in !composeEntries.contains { $0.name == short.name } }
            + groups
    )

    /// Docker's commands.
    static let docker = CommandGroup(
        summary: "Docker's command line, without an engine behind it",
        entries: shortEntries + groups
    )

    private static let groups: [(name: String, entry: Entry)] = [
        ("builder", .group { CommandGroup(summary: "Deal with builds", entries: builderEntries) }),
        ("buildx", .group { CommandGroup(summary: "Deal with builds", entries: buildxEntries) }),
        ("container", .group { CommandGroup(summary: "Deal with containers", entries: containerEntries) }),
        ("image", .group { CommandGroup(summary: "Deal with images", entries: imageEntries) }),
        ("manifest", .group { CommandGroup(summary: "Deal with indexes at registries", entries: manifestEntries) }),
        ("network", .group { CommandGroup(summary: "Deal with networks", entries: networkEntries) }),
        ("system", .group { CommandGroup(summary: "Deal with everything at once", entries: systemEntries) }),
        ("volume", .group { CommandGroup(summary: "Deal with volumes", entries: volumeEntries) }),
    ]

    /// What `docker container` and `docker` have in common.
    private static let lifecycleEntries: [(name: String, entry: Entry)] = [
        ("attach", .command(Docker.Attach.self)),
        ("commit", .command(Docker.Commit.self)),
        ("cp", .command(Docker.Copy.self)),
        ("create", .command(Docker.Create.self)),
        ("diff", .command(Docker.Diff.self)),
        ("exec", .command(Docker.Exec.self)),
        ("export", .command(Docker.Export.self)),
        ("kill", .command(Docker.Kill.self)),
        ("logs", .command(Docker.Logs.self)),
        ("pause", .command(Docker.Pause.self)),
        ("port", .command(Docker.Port.self)),
        ("rename", .command(Docker.Rename.self)),
        ("restart", .command(Docker.Restart.self)),
        ("rm", .command(Docker.Remove.self)),
        ("run", .command(Docker.Run.self)),
        ("start", .command(Docker.Start.self)),
        ("stats", .command(Docker.Stats.self)),
        ("stop", .command(Docker.Stop.self)),
        ("top", .command(Docker.Top.self)),
        ("unpause", .command(Docker.Unpause.self)),
        ("update", .command(Docker.Update.self)),
        ("wait", .command(Docker.Wait.self)),
    ]

    private static let containerEntries: [(name: String, entry: Entry)] =
        lifecycleEntries + [
            ("inspect", .command(Docker.InspectContainer.self)),
            ("ls", .command(Docker.ContainerList.self)),
            ("~list", .command(Docker.ContainerList.self)),
            ("~ps", .command(Docker.ContainerList.self)),
            ("prune", .command(Docker.PruneContainers.self)),
            ("~remove", .command(Docker.Remove.self)),
        ]

    private static let imageEntries: [(name: String, entry: Entry)] = [
        ("build", .command(Docker.Build.self)),
        ("history", .command(Docker.History.self)),
        ("import", .command(Docker.Import.self)),
        ("inspect", .command(Docker.InspectImage.self)),
        ("load", .command(Docker.Load.self)),
        ("ls", .command(Docker.ImageList.self)),
        ("~list", .command(Docker.ImageList.self)),
        ("prune", .command(Docker.PruneImages.self)),
        ("pull", .command(Docker.Pull.self)),
        ("push", .command(Docker.Push.self)),
        ("rm", .command(Docker.RemoveImage.self)),
        ("~remove", .command(Docker.RemoveImage.self)),
        ("save", .command(Docker.Save.self)),
        ("tag", .command(Docker.Tag.self)),
    ]

    private static let volumeEntries: [(name: String, entry: Entry)] = [
        ("create", .command(Docker.CreateVolume.self)),
        ("inspect", .command(Docker.InspectVolume.self)),
        ("ls", .command(Docker.VolumeList.self)),
        ("~list", .command(Docker.VolumeList.self)),
        ("prune", .command(Docker.PruneVolumes.self)),
        ("rm", .command(Docker.RemoveVolume.self)),
        ("~remove", .command(Docker.RemoveVolume.self)),
    ]

    private static let networkEntries: [(name: String, entry: Entry)] = [
        ("connect", .command(Docker.ConnectNetwork.self)),
        ("create", .command(Docker.CreateNetwork.self)),
        ("disconnect", .command(Docker.DisconnectNetwork.self)),
        ("inspect", .command(Docker.InspectNetwork.self)),
        ("ls", .command(Docker.NetworkList.self)),
        ("~list", .command(Docker.NetworkList.self)),
        ("prune", .command(Docker.PruneNetworks.self)),
        ("rm", .command(Docker.RemoveNetwork.self)),
        ("~remove", .command(Docker.RemoveNetwork.self)),
    ]

    private static let systemEntries: [(name: String, entry: Entry)] = [
        ("df", .command(Docker.DiskFree.self)),
        ("events", .command(Docker.Events.self)),
        ("info", .command(Docker.Info.self)),
        ("prune", .command(Docker.PruneSystem.self)),
        ("resume", .command(Docker.Resume.self)),
        ("suspend", .command(Docker.Suspend.self)),
    ]

    private static let builderEntries: [(name: String, entry: Entry)] = [
        ("build", .command(Docker.Build.self)),
        ("prune", .command(Docker.PruneCache.self)),
    ]

    private static let buildxEntries: [(name: String, entry: Entry)] =
        builderEntries + [
            ("du", .command(Docker.CacheUse.self)),
            ("imagetools", .group { CommandGroup(summary: "Deal with images at registries", entries: toolEntries) }),
        ]

    private static let toolEntries: [(name: String, entry: Entry)] = [
        ("create", .command(Docker.CreateImageTools.self)),
        ("inspect", .command(Docker.InspectImageTools.self)),
    ]

    private static let manifestEntries: [(name: String, entry: Entry)] = [
        ("annotate", .command(Docker.AnnotateManifest.self)),
        ("create", .command(Docker.CreateManifest.self)),
        ("inspect", .command(Docker.InspectManifest.self)),
        ("push", .command(Docker.PushManifest.self)),
        ("rm", .command(Docker.RemoveManifest.self)),
    ]

    private static let shortEntries: [(name: String, entry: Entry)] =
        lifecycleEntries + [
            ("build", .command(Docker.Build.self)),
            ("events", .command(Docker.Events.self)),
            ("history", .command(Docker.History.self)),
            ("images", .command(Docker.ImageList.self)),
            ("import", .command(Docker.Import.self)),
            ("info", .command(Docker.Info.self)),
            ("inspect", .command(Docker.Inspect.self)),
            ("load", .command(Docker.Load.self)),
            ("login", .command(Docker.Login.self)),
            ("logout", .command(Docker.Logout.self)),
            ("ps", .command(Docker.ContainerList.self)),
            ("pull", .command(Docker.Pull.self)),
            ("push", .command(Docker.Push.self)),
            ("search", .command(Docker.Search.self)),
            ("rmi", .command(Docker.RemoveImage.self)),
            ("save", .command(Docker.Save.self)),
            ("tag", .command(Docker.Tag.self)),
            ("version", .command(Docker.Version.self)),
        ]
}
