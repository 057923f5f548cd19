import Builder
import Containers
public import Images
public import OCI
import Storage
import SystemPackage

extension LocalEngine {
    /// The image that a name or identifier stands for.
    ///
    /// - Throws: ``EngineError/imageNotFound(_:)``
    ///
    /// - Parameter platform: what it is to run on; nil is this machine, or whatever there is.
    func image(_ reference: String, for platform: String? = nil) throws -> Image {
        if let image = try find(reference, for: platform) { return image }
        guard let platform, try images.find(reference) != nil else { throw EngineError.imageNotFound(reference) }
        throw ImageError.otherPlatform(name: reference, try Platform(parsing: platform))
    }

    /// The image that a name or identifier stands for, if it is here.
    func find(_ reference: String, for platform: String?) throws -> Image? {
        guard let platform else { return try images.find(reference) }
        return try images.find(reference, platform: Platform(parsing: platform))
    }

    /// The identifier of an image; nil if it is not here.
    public func imageID(of reference: String, for platform: String? = nil) throws -> String? {
        try find(reference, for: platform)?.id.description
    }

    /// What an image says of its containers.
    func facts(of reference: String, for platform: String? = nil) throws -> ImageFacts {
        let image = try image(reference, for: platform)
        return ImageFacts(id: image.id.description, image.configuration)
    }

    /// The folders of layers, base first.
    func layerFolders(_ identifiers: [String]) throws -> [FilePath] {
        try identifiers.map { try images.layers.contents(of: Digest(parsing: $0)) }
    }

    /// Fetches an image.
    ///
    /// - Returns: a warning in place of the error if the rest can do without.
    func pull(
        _ wish: ImagePull,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (Event) -> Void
    ) throws -> Event? {
        do {
            try fetch(wish, cancellation, progress)
            return nil
        } catch let error as Cancelled {
            throw error
        } catch {
            guard wish.isOptional else { throw error }
            return Event(.image(wish.reference), .warning, details: "\(error)")
        }
    }

    private func fetch(
        _ wish: ImagePull,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (Event) -> Void
    ) throws {
        let platform = try wish.platform.map { try Platform(parsing: $0) } ?? .host
        let reference = try ImageReference(parsing: wish.reference)
        try transfer(cancellation) { access in
            _ = try images.pull(reference, platform: platform, access: access) { event in
                progress(Event(.image(wish.reference), .progress, details: event.line))
            }
        }
        noteImage("pull", id: wish.reference, name: wish.reference)
    }

    /// Brings an image to its registry.
    ///
    /// - Returns: a warning in place of the error if the rest can do without.
    func push(
        _ wish: ImagePush,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (Event) -> Void
    ) throws -> Event? {
        let reference = try ImageReference(parsing: wish.reference)
        do {
            try transfer(cancellation) { access in
                _ = try images.push(reference, access: access) { event in
                    progress(Event(.image(wish.reference), .progress, details: event.line))
                }
            }
            noteImage("push", id: wish.reference, name: wish.reference)
            return nil
        } catch {
            guard wish.isOptional, !(error is Cancelled) else { throw error }
            return Event(.image(wish.reference), .warning, details: "\(error)")
        }
    }

    /// Does something with registries that breaks off when it is wanted to.
    func transfer(_ cancellation: Cancellation, _ body: (RegistryAccess) throws -> Void) throws {
        var access = try registries.get()
        access.isCancelled = { cancellation.isCancelled }
        do {
            try body(access)
        } catch let error as RegistryError {
            guard cancellation.isCancelled else { throw error }
            throw Cancelled()
        }
    }

    /// Fetches an image, or builds it if it cannot be had.
    func pull(
        _ wish: ImagePull,
        orBuild build: ImageBuild,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (Event) -> Void
    ) throws -> Event? {
        do {
            try fetch(wish, cancellation, progress)
            return nil
        } catch let error as Cancelled {
            throw error
        } catch {
            progress(Event(.image(wish.reference), .warning, details: "\(error)"))
            progress(Event(.image(wish.reference), .building))
            try self.build(build, cancellation, progress)
            return Event(.image(wish.reference), .built)
        }
    }

    /// Removes a name of an image, or the image, by the rules of `rmi`.
    ///
    /// - Parameter platforms: those for which images go that a name has; none is the name itself.
    /// - Throws: ``ImageError/inUse(subject:isFinal:reason:)`` with the container that uses it.
    public func removeImage(
        _ reference: String,
        for platforms: [Platform] = [],
        isForced: Bool = false
    ) throws -> [ImageRemoval] {
        let removals = try CacheStore(root: root, images: images).whileLayersStay { kept in
            guard !platforms.isEmpty else {
                return try images.remove(reference, force: isForced, keeping: kept, users: users(ofImage:))
            }
            return try platforms.flatMap {
                try images.remove(reference, platform: $0, keeping: kept, users: users(ofImage:))
            }
        }
        note(removals, of: reference)
        return removals
    }

    /// The containers that were made from an image.
    public func users(ofImage id: Digest) throws -> [ImageUser] {
        try containers.all().compactMap { container in
            guard let layers = container.configuration.layers(ofImage: id.description) else { return nil }
            return ImageUser(
                name: container.name,
                isRunning: try container.status.isActive,
                layers: try layers.map { try Digest(parsing: $0) }
            )
        }
    }

    /// Removes an image of a project; one that is in use stays, with a warning.
    func removeUnlessUsed(image reference: String) throws -> Event? {
        do {
            _ = try removeImage(reference)
            return nil
        } catch {
            switch error as? ImageError {
            case .inUse: return Event(.image(reference), .inUse)
            case .notFound: return Event(.image(reference), .notFound)
            default: throw error
            }
        }
    }
}

extension ContainerConfiguration {
    /// The layers that it needs of an image that it was made from or has mounted; nil if it needs none.
    fileprivate func layers(ofImage id: String) -> [String]? {
        if imageID == id { return layers }
        for mount in mounts {
            if case .image(_, id, let layers, _) = mount.kind { return layers }
        }
        return nil
    }
}

extension ImageFacts {
    fileprivate init(id: String, _ image: ImageConfiguration) {
        self.init(id: id)
        layers = image.rootfs.diffIDs.map(\.description)
        environment = image.config.env
        entrypoint = image.config.entrypoint ?? []
        command = image.config.cmd ?? []
        workingDirectory = image.config.workingDir ?? ""
        user = image.config.user ?? ""
        exposedPorts = image.config.exposedPorts
        volumes = image.config.volumes
        labels = image.config.labels
        stopSignal = image.config.stopSignal
        shell = image.config.shell
        health = image.config.healthcheck.map(HealthRequest.init)
    }
}

extension HealthRequest {
    /// The probe of an image, in which 0 stands for what is not said.
    fileprivate init(_ check: RunConfiguration.HealthCheck) {
        func said(_ number: Int?) -> Int? { number == 0 ? nil : number }
        self.init(test: check.test.flatMap { $0.isEmpty ? nil : $0 })
        interval = said(check.interval)
        timeout = said(check.timeout)
        retries = said(check.retries)
        startPeriod = said(check.startPeriod)
        startInterval = said(check.startInterval)
    }
}

extension PushEvent {
    /// The event as a line of plain progress.
    fileprivate var line: String {
        switch self {
        case .preparing(let layer): "\(layer.short) Preparing"
        case .pushing(let layer, let bytes, let size): "\(layer.short) Pushing \(bytes)B/\(size)B"
        case .pushed(let layer): "\(layer.short) Pushed"
        case .alreadyExists(let layer): "\(layer.short) Layer already exists"
        case .mounted(let layer, let repository): "\(layer.short) Mounted from \(repository)"
        case .tagged(let image): "\(image.reference.registryName): digest: \(image.digest) size: \(image.size)"
        }
    }
}

extension PullEvent {
    /// The event as a line of plain progress.
    fileprivate var line: String {
        switch self {
        case .resolved(let digest): "Digest: \(digest)"
        case .waiting(let layer): "\(layer.short) Pulling fs layer"
        case .downloading(let layer, let bytes, let size): "\(layer.short) Downloading \(bytes)B/\(size)B"
        case .downloaded(let layer): "\(layer.short) Download complete"
        case .extracted(let layer): "\(layer.short) Pull complete"
        case .alreadyExists(let layer): "\(layer.short) Already exists"
        case .otherPlatform(let asked, let found):
            "the image's platform (\(found)) does not match the platform asked for (\(asked))"
        }
    }
}
