import Linux

/// Turns a container's configuration into the launch program of its first process.
///
/// It is a translation and no more: every path, number and name is settled before.
struct StartProgram {
    var configuration: ContainerConfiguration
    var folders: ContainerFolders
    /// Lower folders of the root, base first.
    var layers: [String]
    var network: NetworkPreparation
    var cgroup: Cgroup
    var layout: CgroupLayout
    var identity: UserIdentity
    var privileges: Privileges
    var outOfMemoryScore: LaunchStep
    /// Namespace files of other containers that this one shares.
    var shared: SharedNamespaces
    /// The files that stand for mounts with contents, by target.
    var contents: [String: String]
    /// Whether the writable layer may be lost in a power cut: for containers that nobody keeps.
    var isVolatile: Bool
    /// Whether what it changes becomes an image's, where nothing of ours belongs.
    var isBuilding = false
    /// The terminal's first size.
    var terminalSize: (rows: UInt16, columns: UInt16) = (0, 0)

    var program: LaunchProgram {
        var kinds: NamespaceKinds = [.mount]
        if configuration.namespaces.uts == nil { kinds.insert(.hostname) }
        if configuration.namespaces.ipc?.isOwn ?? true { kinds.insert(.ipc) }
        if configuration.namespaces.pid == nil { kinds.insert(.process) }
        return LaunchProgram(
            newNamespaces: kinds,
            cgroup: cgroup.unifiedFolder,
            processNamespace: shared.process,
            steps: placement + tree + identitySteps
                + privileges.steps(as: identity, workingDirectory: configuration.process.workingDirectory) + command
        )
    }

    /// Where the process belongs before it has a tree of its own.
    private var placement: [LaunchStep] {
        var steps = cgroup.joinSteps
        steps.append(outOfMemoryScore)
        if let namespace = network.namespace { steps.append(.join(path: namespace, .network)) }
        if let ipc = shared.ipc { steps.append(.join(path: ipc, .ipc)) }
        if let hostname = shared.hostname { steps.append(.join(path: hostname, .hostname)) }
        if configuration.namespaces.seesHostCgroups != true { steps.append(.unshare(.cgroup)) }
        return steps
    }

    private var tree: [LaunchStep] {
        TreeSteps(start: self).steps
    }

    /// The steps that need the tree but not yet the user.
    private var identitySteps: [LaunchStep] {
        var steps: [LaunchStep] = []
        if configuration.process.hasTerminal {
            steps.append(
                .makeTerminal(rows: terminalSize.rows, columns: terminalSize.columns, isConsole: true)
            )
        }
        if configuration.namespaces.uts == nil {
            steps.append(.setHostname(configuration.hostname))
            if !configuration.domainname.isEmpty { steps.append(.setDomainname(configuration.domainname)) }
        }
        for (name, value) in configuration.security.sysctls.sorted(by: { $0.key < $1.key }) {
            guard let setting = KernelSettingName(name), setting.namespace != nil else { continue }
            steps.append(.write(path: "/proc/sys/\(setting.path)", value))
        }
        steps.append(.pivot)
        if configuration.security.isRootReadOnly { steps.append(.protectRoot) }
        return steps
    }

    private var command: [LaunchStep] {
        let environment = ProcessEnvironment(configuration: configuration, home: identity.home)
        var arguments = configuration.process.arguments
        if configuration.hasInit { arguments = [ContainerFolders.initTarget, "--"] + arguments }
        return [
            .execute(
                file: arguments[0],
                arguments: arguments,
                environment: environment.variables,
                searchPath: environment.searchPath
            )
        ]
    }
}

/// Files under `/proc` that stand for the namespaces of other containers, where they are shared.
struct SharedNamespaces: Hashable {
    var process: String?
    var ipc: String?
    var hostname: String?
    /// The mount namespace of the container whose shared memory this one has.
    var memory: String?
}

/// The variables that a process of a container starts with.
struct ProcessEnvironment {
    let variables: [String]
    let searchPath: String

    static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    init(configuration: ContainerConfiguration, home: String, additional: [String] = []) {
        var variables = ["PATH=\(Self.standardPath)", "HOSTNAME=\(configuration.hostname)"]
        if configuration.process.hasTerminal { variables.append("TERM=xterm") }
        var places: [Substring: Int] = [:]
        for (place, variable) in variables.enumerated() { places[variable.prefix { $0 != "=" }] = place }
        for variable in configuration.process.environment + additional {
            let name = variable.prefix { $0 != "=" }
            // A name alone takes the variable away.
            guard variable.utf8.count > name.utf8.count else {
                if let place = places.removeValue(forKey: name) { variables[place] = "" }
                continue
            }
            if let place = places[name] {
                variables[place] = variable
            } else {
                places[name] = variables.count
                variables.append(variable)
            }
        }
        if places["HOME"] == nil { variables.append("HOME=\(home)") }
        self.variables = variables.filter { !$0.isEmpty }
        searchPath = self.variables.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? Self.standardPath
    }
}
