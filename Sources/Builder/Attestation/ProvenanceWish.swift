/// What is to be attested of how an image was made.
public struct ProvenanceWish: Hashable, Sendable {
    /// How much is told.
    public enum Mode: String, CaseIterable, Hashable, Sendable {
        /// What it was made from, when, and on what.
        case min
        /// The Dockerfile and the arguments too; never what secrets hold.
        case max
    }

    /// How much is told.
    public var mode = Mode.min
    /// Where the build can be looked up; may be empty.
    public var builderID = ""
    /// Whether the user says that the same files give the same image.
    public var isReproducible = false
    /// Whether files that are given out without an image do without it.
    public var isInlineOnly = false

    /// The least.
    public init() {}
}

/// Whether it is attested how an image was made.
public enum ProvenanceSetting: Hashable, Sendable {
    /// The least is, of an image that leaves this machine: one that is pushed or becomes an OCI archive.
    case usual
    case off
    case on(ProvenanceWish)

    /// Reads what `--provenance` takes: `true`, `false`, or `mode=max,builder-id=…`.
    public init(parsing text: String) throws {
        switch Bool(flag: text) {
        case true?: self = .on(ProvenanceWish())
        case false?: self = .off
        case nil:
            var attributes = try AttributeList(parsing: text)
            try self.init(&attributes)
        }
    }

    /// Reads what `BUILDX_NO_DEFAULT_ATTESTATIONS` says, where nothing else is said.
    public init(withoutUsual text: String) throws {
        guard let isWithout = Bool(flag: text) else {
            throw BuilderError(.badAttribute(text, "BUILDX_NO_DEFAULT_ATTESTATIONS is true or false"))
        }
        self = isWithout ? .off : .usual
    }

    /// Reads what `--attest` takes, which has to be of provenance: nothing here scans for what images are made of. Nil where
    /// another attestation is turned off.
    public init?(attestation text: String) throws {
        var attributes = try AttributeList(parsing: text)
        switch attributes.take("type") {
        case "provenance": try self.init(&attributes)
        case "sbom":
            guard try attributes.takeFlag("disabled") == true else {
                throw attributes.refused("no scanner writes bills of materials here")
            }
            return nil
        case let type?: throw attributes.refused("there is no attestation of type \"\(type)\"")
        case nil: throw attributes.refused("type is required for an attestation")
        }
    }

    private init(_ attributes: inout AttributeList) throws {
        var wish = ProvenanceWish()
        wish.mode = try attributes.takeChoice("mode") ?? .min
        wish.builderID = attributes.take("builder-id") ?? ""
        wish.isReproducible = try attributes.takeFlag("reproducible") ?? false
        wish.isInlineOnly = try attributes.takeFlag("inline-only") ?? false
        let version = attributes.take("version") ?? "v1"
        guard version == "v1" else { throw attributes.refused("version is v1, not \"\(version)\"") }
        let isOff = try attributes.takeFlag("disabled") ?? false
        try attributes.finish()
        self = isOff ? .off : .on(wish)
    }

    /// What is attested of an image.
    ///
    /// - Parameter leaves: whether it leaves this machine.
    func wish(leaves: Bool) -> ProvenanceWish? {
        switch self {
        case .usual: leaves ? ProvenanceWish() : nil
        case .off: nil
        case .on(let wish): wish
        }
    }

    /// What is attested of files alone: what was asked for, and nothing by itself.
    var wishForFiles: ProvenanceWish? {
        if case .on(let wish) = self, !wish.isInlineOnly { wish } else { nil }
    }
}
