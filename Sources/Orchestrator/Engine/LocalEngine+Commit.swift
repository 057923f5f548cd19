public import Containers
import Linux
public import OCI
import Storage

/// What an image that is made of a container is to be like.
public struct CommitRequest: Sendable {
    /// The names that it gets.
    public var references: [ImageReference] = []
    /// Who made it.
    public var author = ""
    /// What its history says.
    public var message = ""
    /// Whether the container's processes wait meanwhile, so that files are whole.
    public var pauses = true

    /// A wish for an image without a name.
    public init() {}
}

extension LocalEngine {
    /// Makes an image of a container: its image's layers, and one with what the container has changed.
    ///
    /// - Parameter configure: changes how the image is to be run, which is at first as the container is.
    /// - Returns: the image's identifier.
    public func commit(
        _ container: Container,
        _ request: CommitRequest,
        configure: (inout RunConfiguration) throws -> Void
    ) throws -> Digest {
        let layer = try pausing(container, isWanted: request.pauses) {
            let layers = try layerFolders(container.configuration.layers)
            return try images.layers.copy(
                upper: OpenFolder(opening: container.upperFolder),
                without: Set(container.mountStubs(layers: layers))
            )
        }
        let time = Timestamp.text(Timestamp.now())
        var image = try self.image(container.configuration.imageID).configuration
        image.created = time
        image.author = request.author.isEmpty ? nil : request.author
        image.config = RunConfiguration(of: container.configuration, from: image.config)
        try configure(&image.config)
        image.rootfs.diffIDs.append(layer.diffID)
        image.history.append(
            .init(
                created: time,
                createdBy: container.configuration.process.arguments.joined(separator: " "),
                author: image.author,
                comment: request.message.isEmpty ? nil : request.message
            )
        )
        let id = try images.commit(image, as: request.references)
        container.note("commit", ["comment": request.message, "imageID": "\(id)"])
        return id
    }

    private func pausing<Result>(_ container: Container, isWanted: Bool, _ body: () throws -> Result) throws -> Result {
        guard isWanted, case .running = try container.status else { return try body() }
        try container.pause()
        defer { try? container.unpause() }
        return try body()
    }
}

extension RunConfiguration {
    /// How an image is to be run so that its containers are like this one.
    fileprivate init(of container: ContainerConfiguration, from image: RunConfiguration) {
        self = image
        let process = container.process
        let command = Array(process.arguments.dropFirst(process.entrypoint.count))
        env = process.environment
        entrypoint = process.entrypoint.isEmpty ? nil : process.entrypoint
        cmd = command.isEmpty ? nil : command
        workingDir = process.workingDirectory
        user = process.user.isEmpty ? nil : process.user
        labels = container.labels
        stopSignal = container.stopSignal == "SIGTERM" ? image.stopSignal : container.stopSignal
    }
}
