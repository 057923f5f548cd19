import Images
import JSON
import OCI

/// What the commands about manifests have in common.
struct ManifestSession {
    static let insecure = Flag.toggle("--insecure", "The registry need not prove who it is")

    private let session: Session
    private let isInsecure: Bool

    init(_ session: Session, _ arguments: Arguments? = nil) {
        self.session = session
        isInsecure = arguments?[Self.insecure] ?? false
    }

    var drafts: IndexDrafts { IndexDrafts(session.engine.images) }

    /// Does something with registries, of which that of `reference` may be an insecure one.
    func compose<Value: Sendable>(
        at reference: ImageReference,
        _ body: @escaping @Sendable (IndexComposer) throws -> Value
    ) throws -> Value {
        let images = session.engine.images
        let trusted = isInsecure ? reference.domain : nil
        return try session.transfer(showing: TransferDisplay(isQuiet: true), trusting: trusted) { access in
            try body(IndexComposer(store: images, access: access))
        }
    }

    /// What an index names, or the one manifest that is there: of a draft if there is one, else at the registry.
    func members(of reference: ImageReference) throws -> [IndexMember] {
        if let draft = try drafts.find(reference) { return draft.members }
        return try compose(at: reference) { try $0.members(of: reference) }
    }
}

extension IndexMember {
    /// All that is known of it, as `docker manifest inspect --verbose` shows it.
    var details: JSONValue {
        get throws {
            let isDocker = descriptor.mediaType == .dockerManifest
            return [
                "Ref": .string(reference.description),
                "Descriptor": try JSONValue(encoding: descriptor),
                isDocker ? "SchemaV2Manifest" : "OCIManifest": try JSONValue(parsing: bytes),
            ]
        }
    }
}
