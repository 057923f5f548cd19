import Units
import YAML

/// Turns a complete entry of `services` into a service.
struct ServiceBinding {
    let key: Mapping.Key
    let reader: NodeReader

    func service() throws(LoadError) -> Service {
        var service = Service(name: key.text)
        service.place = key.mark
        for entry in reader.node.entries { service.places[entry.key.text] = entry.value.mark }
        try bindProcess(&service)
        bindNames(&service)
        try bindLifecycle(&service)
        try bindFiles(&service)
        try bindNetwork(&service)
        try bindBounds(&service)
        service.resources = try ResourceBinding(reader: reader).resources()
        service.configurationHash = ConfigurationHash.service(reader.node)
        return service
    }

    private func bindProcess(_ service: inout Service) throws(LoadError) {
        service.image = reader.string("image")
        service.build = try reader.section("build").map { section throws(LoadError) in
            try BuildBinding(reader: section).build()
        }
        service.pullPolicy = try pullPolicy()
        service.platform = reader.string("platform")
        service.command = reader.optionalStrings("command")
        service.entrypoint = reader.optionalStrings("entrypoint")
        service.environment = reader.variables("environment")
        service.workingDirectory = reader.string("working_dir")
        service.user = reader.string("user")
        service.additionalGroups = reader.strings("group_add")
        service.hasInit = reader.bool("init")
        service.hasTerminal = reader.flag("tty")
        service.keepsStandardInputOpen = reader.flag("stdin_open")
        service.runtime = reader.string("runtime")
        service.provider = reader.section("provider").map { section in
            var provider = Service.Provider(type: section.string("type") ?? "")
            for entry in section["options"]?.entries ?? [] {
                provider.options[entry.key.text] = (entry.value.sequence ?? [entry.value]).compactMap(\.scalarText)
            }
            return provider
        }
    }

    private func bindNames(_ service: inout Service) {
        service.containerName = reader.string("container_name")
        service.hostname = reader.string("hostname")
        service.domainname = reader.string("domainname")
        service.labels = reader.map("labels")
        service.annotations = reader.map("annotations")
        service.profiles = reader.strings("profiles")
    }

    private func bindFiles(_ service: inout Service) throws(LoadError) {
        service.mounts = try reader.sections("volumes").map { item throws(LoadError) in
            try MountBinding(reader: item).mount()
        }
        service.volumesFrom = reader.strings("volumes_from")
        service.tmpfs = reader.strings("tmpfs")
        service.isReadOnly = reader.flag("read_only")
        service.configs = try reader.sections("configs").map(FileReferenceBinding.reference)
        service.secrets = try reader.sections("secrets").map(FileReferenceBinding.reference)
        service.storageOptions = reader.map("storage_opt")
    }

    private func bindBounds(_ service: inout Service) throws(LoadError) {
        service.capabilitiesAdded = reader.strings("cap_add")
        service.capabilitiesDropped = reader.strings("cap_drop")
        service.isPrivileged = reader.flag("privileged")
        service.securityOptions = reader.strings("security_opt")
        service.sysctls = reader.map("sysctls")
        service.devices = reader.sections("devices").map { device in
            let source = device.string("source") ?? ""
            return Service.Device(
                source: source,
                target: device.string("target") ?? source,
                permissions: device.string("permissions") ?? "rwm"
            )
        }
        service.deviceCgroupRules = reader.strings("device_cgroup_rules")
        service.pidMode = namespace("pid")
        service.ipcMode = namespace("ipc")
        service.utsMode = namespace("uts")
        service.cgroupMode = namespace("cgroup")
        service.userMode = namespace("userns_mode")
        service.cgroupParent = reader.string("cgroup_parent")
    }

    private func namespace(_ key: String) -> Service.NamespaceMode? {
        guard let text = reader.string(key) else { return nil }
        switch text {
        case "host": return .host
        case "private": return .own
        case "shareable": return .shareable
        default: break
        }
        if let name = ServiceReference.name(text) { return .service(name) }
        if text.hasPrefix("container:") { return .container(String(text.dropFirst("container:".count))) }
        return .named(text)
    }

    private func pullPolicy() throws(LoadError) -> Service.PullPolicy? {
        let day = 86_400_000_000_000
        guard let text = reader.string("pull_policy") else { return nil }
        switch text {
        case "always": return .always
        case "never": return .never
        case "missing": return .missing
        case "build": return .build
        case "daily": return .after(day)
        case "weekly": return .after(7 * day)
        case "refresh": return try reader.duration("pull_refresh_after").map { .after($0) } ?? .always
        default:
            guard text.hasPrefix("every_"),
                let span = DurationText.nanoseconds(String(text.dropFirst(6)), hasLongUnits: true)
            else {
                throw reader.malformed(text, "a pull policy", "pull_policy")
            }
            return .after(span)
        }
    }
}
