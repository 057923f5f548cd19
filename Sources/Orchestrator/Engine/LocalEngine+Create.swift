public import Containers
import JSON
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
        let image = try facts(of: request.image, for: request.platform)
        var request = try inliningProfiles(of: resolvingReferences(of: request))
        let proxies = try proxies().sorted { $0.key < $1.key }
        request.environment = proxies.map { EnvironmentEntry($0.key, $0.value) } + request.environment
        var configuration = try ContainerConfiguration(request, image: image, createdAt: WallClock.now)
        // Before volumes are made for it.
        try configuration.check()
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
        if case .networks(var wishes) = request.network, let links = wishes.links {
            wishes.links = try resolved(links)
            request.network = .networks(wishes)
        }
        func resolve(_ mode: NamespaceMode?) throws -> NamespaceMode? {
            guard case .container(let reference) = mode else { return mode }
            return .container(try containers.find(reference).id)
        }
        request.namespaces.pid = try resolve(request.namespaces.pid)
        request.namespaces.uts = try resolve(request.namespaces.uts)
        if case .container(let reference) = request.namespaces.ipc {
            request.namespaces.ipc = .container(try containers.find(reference).id)
        }
        return request
    }

    /// Puts the text of a seccomp profile in the place of its file's name: the container is not to change with the file.
    private func inliningProfiles(of request: ContainerRequest) throws -> ContainerRequest {
        var request = request
        request.security.options = try request.security.options.map { item in
            guard let path = Security.seccompProfilePath(in: item) else { return item }
            do {
                let text = try WholeFile.read(FilePath(path), limit: 1 << 20)
                return
                    "seccomp=\(String(decoding: try JSONValue(parsing: text).bytes(indentation: nil), as: UTF8.self))"
            } catch {
                throw EngineError.seccompProfile(path: path, reason: "\(error)")
            }
        }
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
        case .bind(let path, let createsSource, let propagation, let recursion):
            try provideSource(path, creates: createsSource)
            let kind = Mount.Kind.bind(
                createsSource: createsSource,
                propagation: propagation,
                recursion: recursion
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
        case .bind(let creates, let propagation, let recursion):
            let source = Source.bind(
                path: mount.source,
                createsSource: creates,
                propagation: propagation,
                recursion: recursion
            )
            self.init(source, target: mount.target, isReadOnly: isReadOnly)
        case .image(let reference, _, _, let subpath):
            self.init(.image(reference: reference, subpath: subpath), target: mount.target, isReadOnly: true)
        case .tmpfs, .contents, .copy: return nil
        }
    }
}
