import YAML

/// Turns an entry of `volumes` into a mount.
struct MountBinding {
    let reader: NodeReader

    func mount() throws(LoadError) -> Service.Mount {
        var mount = Service.Mount(try kind(), target: reader.string("target") ?? "")
        mount.isReadOnly = reader.flag("read_only")
        mount.place = reader.node.mark
        return mount
    }

    private func kind() throws(LoadError) -> Service.Mount.Kind {
        let source = reader.string("source")
        switch reader.string("type") {
        case "bind": return .bind(source: source ?? "", options: bindOptions())
        case "tmpfs":
            let section = reader.section("tmpfs")
            return .tmpfs(size: try section?.bytes("size"), mode: try section?.integer("mode"))
        case "image":
            return .image(reference: source ?? "", subpath: reader.section("image")?.string("subpath"))
        case let type? where type != "volume": return .foreign(type: type, source: source)
        default:
            let section = reader.section("volume")
            return .volume(
                key: source,
                copiesUp: !(section?.flag("nocopy") ?? false),
                subpath: section?.string("subpath"),
                labels: section?.map("labels") ?? [:]
            )
        }
    }

    private func bindOptions() -> Service.BindOptions {
        let section = reader.section("bind")
        var options = Service.BindOptions(createsSource: section?.bool("create_host_path") ?? true)
        options.propagation = section?.string("propagation")
        options.recursive = section?.string("recursive")
        options.selinux = section?.string("selinux")
        return options
    }
}

/// Turns an entry of `configs` or `secrets` into a reference.
enum FileReferenceBinding {
    static func reference(_ reader: NodeReader) throws(LoadError) -> Service.FileReference {
        var reference = Service.FileReference(source: reader.string("source") ?? "")
        reference.target = reader.string("target")
        reference.uid = reader.string("uid")
        reference.gid = reader.string("gid")
        reference.mode = try reader.mode("mode")
        reference.place = reader.node.mark
        return reference
    }
}

/// Turns a `build` section into a build.
struct BuildBinding {
    let reader: NodeReader

    func build() throws(LoadError) -> Service.Build {
        var build = Service.Build(context: reader.string("context") ?? ".")
        for entry in reader.node.entries { build.places[entry.key.text] = entry.value.mark }
        build.dockerfile = reader.string("dockerfile")
        build.dockerfileInline = reader.string("dockerfile_inline")
        build.arguments = reader.variables("args")
        build.target = reader.string("target")
        build.labels = reader.map("labels")
        build.tags = reader.strings("tags")
        build.additionalContexts = reader.map("additional_contexts")
        build.network = reader.string("network")
        build.ignoresCache = reader.flag("no_cache")
        build.uncachedStages = reader.strings("no_cache_filter")
        build.pulls = reader.flag("pull")
        build.cacheFrom = reader.strings("cache_from")
        build.cacheTo = reader.strings("cache_to")
        build.secrets = try reader.sections("secrets").map(FileReferenceBinding.reference)
        build.ssh = reader.strings("ssh")
        build.shmSize = try reader.bytes("shm_size")
        build.extraHosts = reader.strings("extra_hosts")
        build.platforms = reader.strings("platforms")
        build.ulimits = try ResourceBinding(reader: reader).ulimits()
        build.isPrivileged = reader.flag("privileged")
        build.entitlements = reader.strings("entitlements")
        build.isolation = reader.string("isolation")
        build.provenance = reader.string("provenance")
        build.sbom = reader.string("sbom")
        return build
    }
}
