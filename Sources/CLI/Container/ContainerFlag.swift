/// The flags of `docker run` and `docker create`.
enum ContainerFlag {
    // What it is called
    static let name = Flag<String?>.text("--name", "Name of the container")
    static let label = Flag.list("-l, --label", "Label: NAME=VALUE", placeholder: "list")
    static let labelFile = Flag.list("--label-file", "File of labels", placeholder: "list")
    static let hostname = Flag<String?>.text("-h, --hostname", "Name of the host inside")
    static let domainname = Flag<String?>.text("--domainname", "Domain of the host inside")
    static let platform = Flag<String?>.text("--platform", "Platform: OS/ARCH")
    static let pull = Flag<String>.text(
        "--pull",
        "When the image is pulled: always, missing, never",
        default: "missing"
    )
    static let identifierFile = Flag<String?>.text("--cidfile", "File that the identifier is written to")
    static let quiet = Flag.toggle("-q, --quiet", "Show no progress of pulls")

    // What runs
    static let entrypoint = Flag<String?>.text("--entrypoint", "Program in place of the image's")
    static let workingDirectory = Flag<String?>.text("-w, --workdir", "Folder that the command starts in")
    static let user = Flag<String?>.text("-u, --user", "User that the command runs as")
    static let environment = Flag.list("-e, --env", "Variable of the environment: NAME=VALUE", placeholder: "list")
    static let environmentFile = Flag.list("--env-file", "File of variables", placeholder: "list")
    static let groups = Flag.list("--group-add", "Further group", placeholder: "list")
    static let initProcess = Flag.toggle("--init", "Have a small init as the first process")
    static let interactive = Flag.toggle("-i, --interactive", "Pass standard input")
    static let terminal = Flag.toggle("-t, --tty", "Give the command a terminal")
    static let attach = Flag.list("-a, --attach", "Take stdin, stdout or stderr as our own", placeholder: "list")
    static let detach = Flag.toggle("-d, --detach", "Print the identifier and leave the container running")
    static let signalProxy = Flag.toggle("--sig-proxy", "Pass signals on", default: true)
    static let remove = Flag.toggle("--rm", "Remove the container when it ends")
    static let restart = Flag<String>.text(
        "--restart",
        "When it is started again: no, on-failure[:N], always, unless-stopped",
        default: "no"
    )
    static let stopSignal = Flag<String?>.text("--stop-signal", "Signal that asks it to end")
    static let stopTimeout = Flag.number("--stop-timeout", "Seconds that it gets to stop")

    // Health
    static let healthCommand = Flag<String?>.text("--health-cmd", "Command that probes the health")
    static let healthInterval = Flag<Int64?>.duration("--health-interval", "Time between probes")
    static let healthTimeout = Flag<Int64?>.duration("--health-timeout", "Time that a probe gets")
    static let healthRetries = Flag.number("--health-retries", "Failures in a row that make it unhealthy")
    static let healthStartPeriod = Flag<Int64?>.duration(
        "--health-start-period",
        "Time at first in which failures do not count"
    )
    static let healthStartInterval = Flag<Int64?>.duration("--health-start-interval", "Time between probes at first")
    static let noHealthcheck = Flag.toggle("--no-healthcheck", "Do not probe, though the image says so")

    // Namespaces and rights
    static let pid = Flag<String?>.text("--pid", "Process namespace: host, container:NAME")
    static let ipc = Flag<String?>.text("--ipc", "IPC namespace: private, shareable, host, container:NAME")
    static let uts = Flag<String?>.text("--uts", "UTS namespace: host")
    static let cgroupNamespace = Flag<String?>.text("--cgroupns", "Control group namespace: host, private")
    static let userNamespace = Flag<String?>.text("--userns", "User namespace: host")
    static let cgroupParent = Flag<String?>.text("--cgroup-parent", "Control group above the container's")
    static let capAdd = Flag.list("--cap-add", "Add a capability", placeholder: "list")
    static let capDrop = Flag.list("--cap-drop", "Drop a capability", placeholder: "list")
    static let privileged = Flag.toggle("--privileged", "Give every right")
    static let securityOptions = Flag.list(
        "--security-opt",
        "no-new-privileges, seccomp=unconfined and the like",
        placeholder: "list"
    )
    static let readOnly = Flag.toggle("--read-only", "Write-protect the root file system")
    static let devices = Flag.list("--device", "Device of the host", placeholder: "list")
    static let deviceRules = Flag.list("--device-cgroup-rule", "Rule for devices", placeholder: "list")
    static let sysctls = Flag.list("--sysctl", "Setting of the kernel: NAME=VALUE", placeholder: "map")

    static let annotations = Flag.list("--annotation", "Annotation: NAME=VALUE", placeholder: "map")
    static let runtime = Flag<String?>.text("--runtime", "Runtime: runc stands for our own")
    static let isolation = Flag<String?>.text("--isolation", "Isolation: default")
    static let gpus = Flag<String?>.text("--gpus", "Graphics processors", placeholder: "gpu-request")

    // Files
    static let storageOptions = Flag.list("--storage-opt", "Option of the storage driver", placeholder: "list")
    static let volume = Flag.list("-v, --volume", "Mount a folder or a volume", placeholder: "list")
    static let mount = Flag.list("--mount", "Mount something: type=…,source=…,target=…", placeholder: "mount")
    static let tmpfs = Flag.list("--tmpfs", "Mount memory", placeholder: "list")
    static let volumesFrom = Flag.list("--volumes-from", "Mount what another container has", placeholder: "list")

    // Network
    static let network = Flag.list("--network", "Network to be on", placeholder: "network").named(also: "net")
    static let networkAliases = Flag.list("--network-alias", "Name on the network", placeholder: "list").named(
        also: "net-alias"
    )
    static let ip = Flag<String?>.text("--ip", "IPv4 address")
    static let ip6 = Flag<String?>.text("--ip6", "IPv6 address")
    static let linkLocal = Flag.list("--link-local-ip", "Link-local address", placeholder: "list")
    static let mac = Flag<String?>.text("--mac-address", "Hardware address")
    static let link = Flag.list("--link", "Container to know by another name: CONTAINER[:ALIAS]", placeholder: "list")
    static let publish = Flag.list("-p, --publish", "Publish a port", placeholder: "list")
    static let publishAll = Flag.toggle("-P, --publish-all", "Publish every exposed port")
    static let expose = Flag.list("--expose", "Expose a port", placeholder: "list")
    static let dns = Flag.list("--dns", "Name server", placeholder: "list")
    static let dnsOptions = Flag.list("--dns-option", "Option of the resolver", placeholder: "list").named(
        also: "dns-opt"
    )
    static let dnsSearch = Flag.list("--dns-search", "Domain to search", placeholder: "list")
    static let addHost = Flag.list("--add-host", "Name and address: NAME:ADDRESS", placeholder: "list")

    // Output
    static let logDriver = Flag<String?>.text("--log-driver", "Where output goes: json-file, local, none")
    static let logOptions = Flag.list("--log-opt", "Option of the log: NAME=VALUE", placeholder: "list")

    static let common: [any FlagDeclaration] =
        [name, label, labelFile, hostname, domainname, platform, pull, identifierFile, quiet]
        + [
            entrypoint, workingDirectory, user, environment, environmentFile, groups, initProcess, interactive,
            terminal,
        ]
        + [attach, remove, restart, stopSignal, stopTimeout]
        + [healthCommand, healthInterval, healthTimeout, healthRetries, healthStartPeriod, healthStartInterval]
        + [
            noHealthcheck, pid, ipc, uts, cgroupNamespace, userNamespace, cgroupParent, capAdd, capDrop, privileged,
            securityOptions,
        ]
        + [readOnly, devices, deviceRules, sysctls, annotations, runtime, isolation, gpus, storageOptions]
        + limits
        + [volume, mount, tmpfs, volumesFrom, network, networkAliases, ip, ip6, linkLocal, mac, link]
        + [publish, publishAll, expose, dns, dnsOptions, dnsSearch, addHost, logDriver, logOptions]
}
