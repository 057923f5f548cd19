import YAML

extension ServiceBinding {
    func bindLifecycle(_ service: inout Service) throws(LoadError) {
        let deploy = reader.section("deploy")
        let replicas = try deploy?.integer("replicas")
        service.replicas = try reader.integer("scale") ?? replicas ?? 1
        let implying = ImplicitDependencies.sources(in: reader.node.mapping ?? Mapping()).map(\.mark)
        for entry in reader["depends_on"]?.entries ?? [] {
            service.dependencies[entry.key.text] = dependency(entry, isImplied: implying.contains(entry.value.mark))
        }
        service.restart = try restartPolicy(deploy?.section("restart_policy"))
        service.healthCheck = try reader.section("healthcheck").map(healthCheck)
        service.stopSignal = reader.string("stop_signal")
        service.stopGracePeriod = try reader.duration("stop_grace_period")
        service.preStart = reader.sections("pre_start").map(hook)
        service.postStart = reader.sections("post_start").map(hook)
        service.preStop = reader.sections("pre_stop").map(hook)
        service.isAttached = reader.bool("attach") ?? true
        service.logging = reader.section("logging").map {
            Service.Logging(driver: $0.string("driver"), options: $0.map("options"))
        }
    }

    private func dependency(_ entry: Mapping.Entry, isImplied: Bool) -> Service.Dependency {
        let condition = entry.value["condition"]?.string.flatMap(Service.Condition.init(rawValue:)) ?? .started
        var dependency = Service.Dependency(
            condition,
            restarts: entry.value["restart"]?.bool ?? false,
            isRequired: entry.value["required"]?.bool ?? true,
            isImplied: isImplied
        )
        dependency.place = entry.key.mark
        return dependency
    }

    private func restartPolicy(_ deploy: NodeReader?) throws(LoadError) -> Service.RestartPolicy? {
        if let deploy {
            switch deploy.string("condition") {
            case "none": return .no
            case "on-failure": return .onFailure(maximum: try deploy.integer("max_attempts"))
            case "unless-stopped": return .unlessStopped
            default: return .always
            }
        }
        guard let text = reader.string("restart") else { return nil }
        switch text {
        case "no": return .no
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "on-failure": return .onFailure(maximum: nil)
        default:
            guard text.hasPrefix("on-failure:"), let maximum = Int(text.dropFirst("on-failure:".count)) else {
                throw reader.malformed(text, "a restart policy: no, always, unless-stopped, on-failure[:n]", "restart")
            }
            return .onFailure(maximum: maximum)
        }
    }

    private func healthCheck(_ section: NodeReader) throws(LoadError) -> Service.HealthCheck {
        var check = Service.HealthCheck()
        check.test = section.optionalStrings("test")
        check.interval = try section.duration("interval")
        check.timeout = try section.duration("timeout")
        check.retries = try section.integer("retries")
        check.startPeriod = try section.duration("start_period")
        check.startInterval = try section.duration("start_interval")
        check.isDisabled = section.flag("disable") || check.test?.first == "NONE"
        return check
    }

    private func hook(_ section: NodeReader) -> Service.Hook {
        var hook = Service.Hook(command: section.strings("command"))
        hook.user = section.string("user")
        hook.isPrivileged = section.flag("privileged")
        hook.workingDirectory = section.string("working_dir")
        hook.environment = section.variables("environment")
        hook.image = section.string("image")
        return hook
    }
}
