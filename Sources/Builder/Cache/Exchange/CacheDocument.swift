import JSON
import Linux
import OCI

/// What a shared cache holds, in BuildKit's form: layers, and which of them a step with some inputs came to.
///
/// A record's digest is that of what our step depends on, so nobody but us finds anything by it; who knows the form can
/// still tell what is there and carry it about.
struct CacheDocument: Codable {
    static let mediaType = MediaType(rawValue: "application/vnd.buildkit.cacheconfig.v0")

    var layers: [Layer]?
    var records: [Record]?

    struct Layer: Codable {
        var blob: Digest
        var parent: Int?
        var annotations: Annotations?
    }

    struct Annotations: Codable {
        var mediaType: MediaType
        var diffID: Digest
        var size: Int64
        var createdAt: String
    }

    struct Record: Codable {
        var digest: Digest
        var layers: [Result]?
        /// What the tar of the step's layer hashes to, which the cache does not have; ours alone.
        var absentLayer: Digest?
        /// When that layer was made.
        var createdAt: String?

        /// A step whose layer the cache does not have.
        fileprivate init(ofAbsent step: Step) throws {
            digest = try step.digest
            absentLayer = step.layer
            createdAt = Timestamp.text(step.created)
        }

        fileprivate init(of step: Step, layer: Int) throws {
            digest = try step.digest
            layers = [Result(layer: layer, createdAt: Timestamp.text(step.created))]
        }
    }

    struct Result: Codable {
        var layer: Int
        var createdAt: String?
    }

    /// A step of ours and what it came to.
    struct Step {
        let key: String
        let layer: Digest
        var created: Int64
        /// Whether the layer is the one below, and not the step's own.
        var isUnchanged = false

        fileprivate var digest: Digest {
            get throws { try Digest(parsing: "sha256:\(key)") }
        }

        /// The same, done at another time.
        func created(at time: Int64) -> Step {
            var step = self
            step.created = time
            return step
        }
    }

    /// - Parameter absent: steps whose layers the cache does not have.
    init(_ steps: [Step], absent: [Step] = [], blobs: [Digest: Descriptor]) throws {
        var places: [Digest: Int] = [:]
        var layers: [Layer] = []
        for step in steps {
            guard places[step.layer] == nil, let blob = blobs[step.layer] else { continue }
            places[step.layer] = layers.count
            let annotations = Annotations(
                mediaType: blob.mediaType,
                diffID: step.layer,
                size: blob.size,
                createdAt: Timestamp.text(step.created)
            )
            layers.append(Layer(blob: blob.digest, parent: -1, annotations: annotations))
        }
        self.layers = layers
        records = try steps.compactMap { step in
            try places[step.layer].map { try Record(of: step, layer: $0) }
        }
        records? += try absent.map(Record.init(ofAbsent:))
    }

    /// What an image carries of the cache: records alone, whose layers are those of the image.
    ///
    /// - Parameter layers: the image's, base first, as the steps came to them.
    static func inline(_ steps: [Step], layers: [Digest]) throws -> String? {
        let records = try steps.map { step in
            let place = layers.firstIndex(of: step.layer)
            return try place.map { try Record(of: step, layer: $0) } ?? Record(ofAbsent: step)
        }
        return records.isEmpty ? nil : Base64.encode(try JSON.encode(records))
    }

    /// Reads what an image carries of the cache; nil if it carries nothing.
    ///
    /// - Parameter blobs: as what its layers lie there, base first.
    init?(of image: ImageConfiguration, blobs: [Descriptor]) throws {
        guard let text = image.inlineCache else { return nil }
        guard let bytes = Base64.decode(text), blobs.count == image.rootfs.diffIDs.count else {
            throw BuilderError(.noCache("layers for what the image says of it"))
        }
        records = try JSON.decode([Record].self, from: bytes)
        layers = zip(image.rootfs.diffIDs, blobs).map { diffID, blob in
            let annotations = Annotations(mediaType: blob.mediaType, diffID: diffID, size: blob.size, createdAt: "")
            return Layer(blob: blob.digest, parent: -1, annotations: annotations)
        }
    }

    /// The layers that steps came to, by what they depend on.
    func entries() -> [String: CacheEntry] {
        let layers = layers ?? []
        var entries: [String: CacheEntry] = [:]
        for record in records ?? [] {
            if let layer = record.absentLayer {
                let created = record.createdAt.flatMap(Timestamp.parse) ?? 0
                entries[record.digest.hex] = CacheEntry(layer: layer, blob: nil, created: created)
            }
            guard let result = record.layers?.last, layers.indices.contains(result.layer),
                let annotations = layers[result.layer].annotations
            else { continue }
            let blob = Descriptor(
                mediaType: annotations.mediaType,
                digest: layers[result.layer].blob,
                size: annotations.size
            )
            entries[record.digest.hex] = CacheEntry(
                layer: annotations.diffID,
                blob: blob,
                created: result.createdAt.flatMap(Timestamp.parse) ?? 0
            )
        }
        return entries
    }
}

/// A layer of a shared cache.
struct CacheEntry: Sendable {
    /// What its tar hashes to.
    let layer: Digest
    /// As what it lies there; nil if it does not.
    let blob: Descriptor?
    /// In nanoseconds since 1970.
    let created: Int64
}
