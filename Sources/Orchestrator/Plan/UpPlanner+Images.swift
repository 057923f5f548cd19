import Builder
import ComposeSpec

extension UpPlanner {
    /// Adds what brings the images that are missing or have to be renewed.
    mutating func addImages() throws(PlanError) {
        guard !options.imagesAreSettled else { return }
        for service in services where service.build != nil { try addImage(of: service) }
        for service in services where service.build == nil { try addImage(of: service) }
        for service in services { try addFurtherImages(of: service) }
        plan.isProvisional = services.contains { service in
            imageSteps[project.imageName(of: service)] != nil && !view.replicas(of: service.name).isEmpty
                && policy(of: service.name) != .never
        }
    }

    private mutating func addImage(of service: Service) throws(PlanError) {
        let image = project.imageName(of: service)
        guard service.provider == nil, imageSteps[image] == nil else { return }
        guard let (source, cause) = try source(of: service, image) else { return }
        let pull = ImagePull(reference: image, platform: project.platform(of: service))
        switch source {
        case .pull: imageSteps[image] = plan.add(.pullImage(pull), because: cause)
        case .build(let build):
            try project.refuseContextCycle(of: service)
            let contexts = try addContexts(of: build)
            imageSteps[image] = plan.add(.buildImage(build), after: contexts, because: cause)
        case .pullOrBuild(let build):
            try project.refuseContextCycle(of: service)
            let contexts = try addContexts(of: build)
            imageSteps[image] = plan.add(.pullOrBuildImage(pull, build), after: contexts, because: cause)
        }
    }

    /// Fetches the images that a service needs besides its own, if they are neither here nor made by the project.
    private mutating func addFurtherImages(of service: Service) throws(PlanError) {
        for image in service.furtherImages where imageSteps[image] == nil && observed.images[image] == nil {
            guard pullPolicy(of: service) != .never else {
                throw .imageMissing(image: image, service: service.name)
            }
            let pull = ImagePull(reference: image, platform: project.platform(of: service))
            imageSteps[image] = plan.add(.pullImage(pull), because: "needed by \(service.name)")
        }
    }

    /// The steps that bring the images that a build takes as contexts.
    private mutating func addContexts(of build: ImageBuild) throws(PlanError) -> [Int] {
        var steps: [Int] = []
        for (name, image) in build.serviceImages.sorted(by: { $0.key < $1.key }) {
            if let service = project.anyService(name) { try addImage(of: service) }
            if let step = imageSteps[image] { steps.append(step) }
        }
        return steps
    }

    private enum Source {
        case pull
        case build(ImageBuild)
        case pullOrBuild(ImageBuild)
    }

    /// Where an image is to come from and why, or nil if it may stay as it is.
    private func source(of service: Service, _ image: String) throws(PlanError) -> (Source, String)? {
        let isMissing = observed.images[image] == nil
        let policy = pullPolicy(of: service)
        let build = options.building == .never ? nil : try ImageBuild(of: service, in: project)
        if let build, options.building == .always { return (.build(build), "--build") }
        switch policy {
        case .always:
            guard service.image != nil else { break }
            return (build.map { .pullOrBuild($0) } ?? .pull, "pull policy always")
        case .build:
            if let build { return (.build(build), "pull policy build") }
        case .never:
            guard isMissing, build == nil else { break }
            throw .imageMissing(image: image, service: service.name)
        case .after(let span):
            guard service.image != nil, let age = observed.imageAges[image], age >= span else { break }
            return (build.map { .pullOrBuild($0) } ?? .pull, "older than its pull policy allows")
        case .missing, nil: break
        }
        guard isMissing else { return nil }
        guard let build else {
            guard service.image != nil else { throw .imageMissing(image: image, service: service.name) }
            return (.pull, "not found")
        }
        return (service.image == nil || policy == .never ? .build(build) : .pullOrBuild(build), "not found")
    }

    private func pullPolicy(of service: Service) -> Service.PullPolicy? {
        switch options.pullPolicy {
        case "always": .always
        case "never": .never
        case "build": .build
        case "missing", "if_not_present": .missing
        default: service.pullPolicy
        }
    }
}

extension ImageBuild {
    /// The build of a service's image; nil if it has no build section.
    ///
    /// - Parameter isForRunning: whether it is built to be run here, for which one platform is enough.
    init?(of service: Service, in project: Project, isForRunning: Bool = true) throws(PlanError) {
        guard let definition = service.build else { return nil }
        self.init(
            image: project.imageName(of: service),
            definition: definition,
            platforms: try project.platforms(of: service, definition, isForRunning: isForRunning),
            labels: [
                ControlLabel.project: project.name,
                ControlLabel.service: service.name,
                ControlLabel.version: ControlLabel.ownVersion,
            ]
        )
        let epoch = "SOURCE_DATE_EPOCH"
        if self.definition.arguments[epoch] == nil, let time = project.environment[epoch] {
            self.definition.arguments[epoch] = time
        }
        if definition.provenance == nil { self.definition.provenance = try project.usualProvenance(of: service) }
        for name in definition.contextServices { serviceImages[name] = project.anyService(name).map(project.imageName) }
        agents = definition.ssh.map {
            BuildRequest.Agent.absolute($0, folder: project.workingDirectory, home: project.environment["HOME"])
        }
        for reference in definition.secrets {
            let id = reference.target ?? reference.source
            secrets[id] = project.anySecret(reference.source)?.origin
            secretFiles[id] = reference
        }
    }
}

extension Project {
    /// What is attested of how the image of a service is made that says nothing of it: nil is what is usual.
    fileprivate func usualProvenance(of service: Service) throws(PlanError) -> String? {
        guard let text = environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] else { return nil }
        do {
            return try ProvenanceSetting(withoutUsual: text) == .off ? "false" : nil
        } catch {
            throw .unsupported(service: service.name, key: "build.provenance", why: "\(error)")
        }
    }

    /// What a service is to run on: what its files say, or else `DOCKER_DEFAULT_PLATFORM`; nil is this machine.
    func platform(of service: Service) -> String? {
        let usual = environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        return service.platform ?? (usual.isEmpty ? nil : usual)
    }

    /// What the image of a service is built for.
    ///
    /// What runs here has one platform: the service's, or the only one that its build names, or else this machine's.
    fileprivate func platforms(
        of service: Service,
        _ build: Service.Build,
        isForRunning: Bool
    ) throws(PlanError) -> [String] {
        guard let platform = platform(of: service) else {
            return isForRunning && build.platforms.count > 1 ? [] : build.platforms
        }
        guard build.platforms.isEmpty || build.platforms.contains(platform) else {
            throw .otherPlatform(service: service.name, platform)
        }
        return isForRunning || build.platforms.isEmpty ? [platform] : build.platforms
    }
}
