import JSON
import Linux
import OCI

/// The image that a result comes to.
struct FinalImage {
    let configuration: ImageConfiguration
    /// Its id, if the store has it already.
    let id: Digest?
    private let session: BuildSession
    private let key: String

    /// Puts the last touches to it, or finds the one that was made from the same: but for its times it would be equal.
    init(_ result: PlatformResult, _ wishes: ImageWishes, _ request: BuildRequest) throws {
        session = result.session
        var image = result.state.image
        for (name, value) in request.labels { image.config.labels[name] = value }
        if request.hasInlineCache {
            let steps = session.shared.steps.map { $0.created(at: result.session.epoch ?? $0.created) }
            image.inlineCache = try CacheDocument.inline(steps, layers: image.rootfs.diffIDs)
        }
        var key = CacheKey("image")
        if let epoch = session.epoch {
            key.add("epoch", "\(epoch)")
            image.clampTimes(to: epoch, after: result.state.inherited.history)
            if wishes.rewritesTimes { try Self.clampLayers(of: &image, to: epoch, result) }
        } else if wishes.rewritesTimes {
            session.tell(.warning("rewrite-timestamp has no effect without SOURCE_DATE_EPOCH"))
        }
        key.add("configuration", try JSON.encode(image.withoutTimes))
        self.key = key.text
        let known = request.ignoresCache ? nil : session.cache.image(key.text)?.id
        guard let known, try session.images.contains(known), let found = try session.images.find("\(known)") else {
            id = nil
            configuration = image
            return
        }
        id = known
        configuration = found.configuration
    }

    private static func clampLayers(of image: inout ImageConfiguration, to epoch: Int64, _ result: PlatformResult)
        throws
    {
        for index in image.rootfs.diffIDs.indices.dropFirst(result.state.inherited.layers) {
            image.rootfs.diffIDs[index] = try result.session.shelf.clamped(image.rootfs.diffIDs[index], to: epoch)
        }
    }

    /// Has the next build that comes to the same find it.
    func remember(_ id: Digest) throws {
        if id != self.id { try session.cache.save(BuildCache.Image(id: id), as: key) }
    }
}

extension LayerShelf {
    /// A layer none of whose files is newer than a time.
    fileprivate func clamped(_ layer: Digest, to newest: Int64) throws -> Digest {
        var key = CacheKey("clamped layer")
        key.add("layer", layer.description)
        key.add("newest", "\(newest)")
        let known = cache.step(key.text)?.layer
        let clamped = if let known, contains(known) { known } else { try store.clamped(layer, to: newest) }
        try noteUse(of: clamped, "files of \(layer.short) not newer than SOURCE_DATE_EPOCH")
        try cache.save(BuildCache.Step(layer: clamped, created: now), as: key.text)
        return clamped
    }
}

extension ImageConfiguration {
    /// The same without the times: what makes two builds equal.
    fileprivate var withoutTimes: ImageConfiguration {
        var image = self
        image.created = nil
        for index in image.history.indices { image.history[index].created = nil }
        return image
    }

    /// Has everything that this build has done done at one time, and nothing later.
    ///
    /// - Parameter inherited: how many lines of the history are of the base.
    fileprivate mutating func clampTimes(to epoch: Int64, after inherited: Int) {
        let text = Timestamp.text(epoch)
        created = text
        for index in history.indices {
            let time = history[index].created.flatMap(Timestamp.parse)
            if index >= inherited || time.map({ $0 > epoch }) ?? false { history[index].created = text }
        }
    }
}
