/// The flags of `docker build`: what is built, and with what.
enum BuildFlag {
    static let file = Flag<String?>.text(
        "-f, --file",
        "Dockerfile, or - for standard input; Dockerfile in the folder otherwise"
    )
    static let argument = Flag.list("--build-arg", "Value of a build argument: NAME[=VALUE]")
    static let target = Flag<String?>.text("--target", "Stage to build")
    static let context = Flag.list("--build-context", "Further context: NAME=PATH|URL|docker-image://…|oci-layout://…")
    static let noCache = Flag.toggle("--no-cache", "Take nothing from earlier builds")
    static let noCacheFilter = Flag.list("--no-cache-filter", "Stages to take nothing from earlier builds for")
    static let pull = Flag.toggle("--pull", "Fetch base images anew")
    static let secret = Flag.list("--secret", "Secret of RUN: id=…,src=… or id=…,env=…")
    static let agent = Flag.list("--ssh", "Agent of RUN: default or NAME[=SOCKET|KEY[,KEY...]]")

    static let inputs: [any FlagDeclaration] = [
        file, argument, target, context, noCache, noCacheFilter, pull, secret, agent,
    ]
}

/// What `RUN` may use and reach.
extension BuildFlag {
    static let network = Flag<String>.text(
        "--network",
        "Network of RUN: default, none, host",
        default: "default"
    )
    static let addHost = Flag.list("--add-host", "Name and address: NAME:ADDRESS")
    static let shmSize = Flag<Int64?>.bytes("--shm-size", "Size of /dev/shm")
    static let allow = Flag.list("--allow", "Rights that instructions may ask for: network.host, security.insecure")

    static let isolation = Flag<String?>.text("--isolation", "Isolation of RUN: default").hidden
    static let squash = Flag.toggle("--squash", "Make one layer; not supported").hidden
    static let securityOptions = Flag.list("--security-opt", "Options of a container's security; not supported").hidden

    static let running: [any FlagDeclaration] = [network, addHost, shmSize, allow, isolation, squash, securityOptions]

    /// What `RUN` may use of the machine; the flags are those of `docker run`.
    static let limits: [any FlagDeclaration] = [
        ContainerFlag.ulimits, ContainerFlag.cgroupParent, ContainerFlag.memory, ContainerFlag.memorySwap,
        ContainerFlag.cpuShares, ContainerFlag.cpuPeriod, ContainerFlag.cpuQuota, ContainerFlag.cpusetCPUs,
        ContainerFlag.cpusetMemories,
    ]
}
