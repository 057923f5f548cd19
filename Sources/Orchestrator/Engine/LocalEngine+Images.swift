import Images
import OCI
import Storage
import SystemPackage

extension LocalEngine {
    /// The image that a name or identifier stands for.
    ///
    /// - Throws: ``EngineError/imageNotFound(_:)``
    func image(_ reference: String) throws -> Image {
        guard let image = try images.find(reference) else { throw EngineError.imageNotFound(reference) }
        return image
    }

    /// The identifier of an image; nil if it is not here.
    func imageID(of reference: String) throws -> String? {
        try images.find(reference)?.id.description
    }

    /// What an image says of its containers.
    func facts(of reference: String) throws -> ImageFacts {
        let image = try image(reference)
        return ImageFacts(id: image.id.description, image.configuration)
    }

    /// The folders of layers, base first.
    func layerFolders(_ identifiers: [String]) throws -> [FilePath] {
        try identifiers.map { try images.layers.contents(of: Digest(parsing: $0)) }
    }

    /// Fetches an image.
    func pull(_ wish: ImagePull, _ progress: @escaping @Sendable (Event) -> Void) throws -> Event? {
        throw EngineError.imageNotFound(wish.reference)
    }

    /// Fetches an image, or builds it if it cannot be had.
    func pull(_ wish: ImagePull, orBuild build: ImageBuild, _ progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?
    {
        try self.build(build, progress)
        return nil
    }

    /// Builds an image.
    func build(_ wish: ImageBuild, _ progress: @escaping @Sendable (Event) -> Void) throws {
        throw EngineError.unsupportedBuild("images cannot be built yet")
    }

    /// Removes an image that nothing uses.
    func removeUnlessUsed(image reference: String) throws -> Event? {
        throw EngineError.unsupportedBuild("images cannot be removed yet")
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
