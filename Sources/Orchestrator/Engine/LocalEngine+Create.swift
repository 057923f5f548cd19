public import Containers
import Linux
import SystemPackage
import Volumes

extension LocalEngine {
    /// Makes a container as asked for, with its volumes; it is not started.
    ///
    /// Volumes that are missing are made. One that is empty is filled with what the image has in its place.
    @discardableResult
    public func createContainer(_ request: ContainerRequest) throws -> Container {
        if let holder = containers.holder(of: request.name) {
            throw ContainerError.nameTaken(name: request.name, holder: holder)
        }
        let image = try facts(of: request.image)
        let request = try resolvingReferences(of: request)
        var configuration = try ContainerConfiguration(request, image: image, createdAt: WallClock.now)
        let wishes = try request.mounts(image: image, inherited: inheritedMounts(of: request))
        var fresh: [String] = []
        do {
            for wish in wishes {
                configuration.mounts.append(try settle(wish, image: image, fresh: &fresh))
            }
            return try containers.create(configuration)
        } catch {
            for name in fresh { try? volumes.remove(name) }
            throw error
        }
    }

    /// Turns names of other containers into identifiers.
    private func resolvingReferences(of request: ContainerRequest) throws -> ContainerRequest {
        var request = request
        if case .container(let reference) = request.network {
            let other = try containers.find(reference)
            request.network = .container(id: other.id)
            request.networkNamespace = other.configuration.namespaceID
            // What the shared hosts file says of the hostname holds for both.
            request.hostname = request.hostname ?? other.configuration.hostname
        }
        func resolve(_ mode: String?) throws -> String? {
            guard let mode, mode.hasPrefix("container:") else { return mode }
            return "container:\(try containers.find(String(mode.dropFirst("container:".count))).id)"
        }
        request.namespaces.pid = try resolve(request.namespaces.pid)
        request.namespaces.ipc = try resolve(request.namespaces.ipc)
        request.namespaces.uts = try resolve(request.namespaces.uts)
        return request
    }

    /// The mounts of the containers whose volumes a request wants as well.
    private func inheritedMounts(of request: ContainerRequest) throws -> [MountRequest] {
        try request.volumesFrom.flatMap { wish in
            try containers.find(wish.container).configuration.mounts.compactMap { mount in
                MountRequest(mount, isReadOnly: wish.isReadOnly || mount.isReadOnly)
            }
        }
    }

    /// Makes what a mount needs on the host.
    ///
    /// - Parameter fresh: gets the names of the anonymous volumes that were made for it.
    private func settle(_ wish: MountRequest, image: ImageFacts, fresh: inout [String]) throws -> Mount {
        switch wish.source {
        case .volume(let name, let subpath, let copiesUp):
            let volume = try volume(named: name, wish.creation)
            if name == nil { fresh.append(volume.name) }
            if copiesUp {
                try volumes.fill(volume, from: wish.target, of: layerFolders(image.layers), subpath: subpath)
            }
            let kind = Mount.Kind.volume(
                name: volume.name,
                isAnonymous: volume.isAnonymous,
                subpath: subpath,
                copiesUp: copiesUp
            )
            return Mount(kind, source: volume.mountpoint.string, target: wish.target, isReadOnly: wish.isReadOnly)
        case .bind(let path, let createsSource, let propagation, let isRecursive):
            try provideSource(path, creates: createsSource)
            let kind = Mount.Kind.bind(
                createsSource: createsSource,
                propagation: propagation,
                isRecursive: isRecursive
            )
            return Mount(kind, source: path, target: wish.target, isReadOnly: wish.isReadOnly)
        case .tmpfs(let options):
            return Mount(.tmpfs(options: options), target: wish.target, isReadOnly: wish.isReadOnly)
        case .contents(let bytes, let uid, let gid, let mode):
            let kind = Mount.Kind.contents(bytes: bytes, uid: uid, gid: gid, mode: mode)
            return Mount(kind, target: wish.target, isReadOnly: wish.isReadOnly)
        case .copy(let path, let uid, let gid, let mode):
            try provideSource(path, creates: false)
            return Mount(.copy(uid: uid, gid: gid, mode: mode), source: path, target: wish.target, isReadOnly: true)
        case .image(let reference, let subpath):
            let mounted = try facts(of: reference)
            let kind = Mount.Kind.image(
                reference: reference,
                id: mounted.id,
                layers: mounted.layers,
                subpath: subpath
            )
            return Mount(kind, source: imageTree(mounted.id).string, target: wish.target, isReadOnly: true)
        }
    }

    /// The volume of a name, made as is wished if there is none; a new one without a name.
    private func volume(named name: String?, _ wish: MountRequest.VolumeCreation) throws -> Volume {
        guard let name else {
            return try volumes.createAnonymous(driver: wish.driver, options: wish.options, labels: wish.labels)
        }
        do {
            return try volumes.find(name)
        } catch VolumeError.notFound {
            return try volumes.create(name, driver: wish.driver, options: wish.options, labels: wish.labels)
        }
    }

    /// Sees to it that what is to be bound is there.
    func provideSource(_ path: String, creates: Bool) throws {
        guard !Folder.hasEntry(FilePath(path)) else { return }
        guard creates else { throw EngineError.noBindSource(path) }
        try Folder.makeAll(FilePath(path), mode: 0o755)
    }
}

extension MountRequest {
    /// The wish for a mount that another container has; nil for what is not shared.
    fileprivate init?(_ mount: Mount, isReadOnly: Bool) {
        switch mount.kind {
        case .volume(let name, _, let subpath, _):
            self.init(
                .volume(name: name, subpath: subpath, copiesUp: false),
                target: mount.target,
                isReadOnly: isReadOnly
            )
        case .bind(let creates, let propagation, let isRecursive):
            let source = Source.bind(
                path: mount.source,
                createsSource: creates,
                propagation: propagation,
                isRecursive: isRecursive
            )
            self.init(source, target: mount.target, isReadOnly: isReadOnly)
        case .image(let reference, _, _, let subpath):
            self.init(.image(reference: reference, subpath: subpath), target: mount.target, isReadOnly: true)
        case .tmpfs, .contents, .copy: return nil
        }
    }
}
