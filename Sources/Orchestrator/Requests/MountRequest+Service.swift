import ComposeSpec
import Containers

extension MountRequest {
    /// The request for an entry of a service's `volumes`.
    init(_ mount: Service.Mount, of service: Service, in project: Project) throws(PlanError) {
        let source: Source
        var creation = VolumeCreation()
        switch mount.kind {
        case .volume(let key, let copiesUp, let subpath, let labels):
            creation.labels = labels
            let name = key.flatMap { project.volume($0)?.name }
            source = .volume(name: name, subpath: subpath, copiesUp: copiesUp)
        case .bind(let path, let options):
            source = .bind(
                path: path,
                createsSource: options.createsSource,
                propagation: options.propagation,
                recursion: options.recursive.flatMap(Mount.BindRecursion.init(rawValue:)) ?? .enabled
            )
        case .tmpfs(let size, let mode):
            let options = [size.map { "size=\($0)" }, mode.map { "mode=\(String($0, radix: 8))" }]
            source = .tmpfs(options: options.compactMap { $0 })
        case .image(let reference, let subpath): source = .image(reference: reference, subpath: subpath)
        case .foreign(let type, _):
            throw .unsupported(service: service.name, key: "volumes", why: "type \(type) is not of this system")
        }
        self.init(source, target: mount.target, isReadOnly: mount.isReadOnly)
        self.creation = creation
    }

    /// The request for an entry of `tmpfs`: `path[:options]`.
    init(tmpfs entry: String) {
        let parts = entry.split(separator: ":", maxSplits: 1).map(String.init)
        let options = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
        self.init(.tmpfs(options: options), target: parts.first ?? entry)
    }
}

extension Project {
    /// The mounts that bring a service's configs and secrets.
    func fileMounts(of service: Service) throws(PlanError) -> [MountRequest] {
        let configs = try service.configs.map { reference throws(PlanError) in
            try fileMount(reference, config(reference.source), below: "/", key: "configs", of: service)
        }
        let secrets = try service.secrets.map { reference throws(PlanError) in
            try fileMount(reference, secret(reference.source), below: "/run/secrets/", key: "secrets", of: service)
        }
        return (configs + secrets).compactMap { $0 }
    }

    private func fileMount(
        _ reference: Service.FileReference,
        _ source: FileSource?,
        below folder: String,
        key: String,
        of service: Service
    ) throws(PlanError) -> MountRequest? {
        guard let source else {
            throw .unsupported(service: service.name, key: key, why: "\(reference.source) is not defined")
        }
        let name = reference.target ?? reference.source
        let target = name.hasPrefix("/") ? name : folder + name
        let uid = try owner(reference.uid, key, service)
        let gid = try owner(reference.gid, key, service)
        let mode = UInt32(truncatingIfNeeded: reference.mode ?? 0o444) & 0o7777
        switch source.origin {
        case .file(let path) where reference.uid != nil || reference.gid != nil || reference.mode != nil:
            let copy = MountRequest.Source.copy(path: path, uid: uid, gid: gid, mode: mode)
            return MountRequest(copy, target: target, isReadOnly: true)
        case .file(let path):
            let bind = MountRequest.Source.bind(
                path: path,
                createsSource: false,
                propagation: nil,
                recursion: .enabled
            )
            return MountRequest(bind, target: target, isReadOnly: true)
        case .content(let text):
            guard !text.isEmpty else { return nil }
            let contents = MountRequest.Source.contents(
                bytes: Array(text.utf8),
                uid: uid,
                gid: gid,
                mode: mode
            )
            return MountRequest(contents, target: target, isReadOnly: true)
        case .unsetVariable(let name):
            throw .unsupported(service: service.name, key: key, why: "environment variable \"\(name)\" is not set")
        case .external, .driver:
            throw .unsupported(service: service.name, key: key, why: "unsupported external \(reference.source)")
        }
    }

    private func owner(_ text: String?, _ key: String, _ service: Service) throws(PlanError) -> UInt32 {
        guard let text else { return 0 }
        guard let number = UInt32(text) else {
            throw .unsupported(service: service.name, key: key, why: "\"\(text)\" is not a number of a user or group")
        }
        return number
    }
}
