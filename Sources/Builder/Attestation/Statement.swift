import Images
import JSON
import OCI

/// Something that is said about something by its digest. in-toto attestation framework, Statement v0.1
struct Statement {
    let predicateType: String
    let predicate: JSONValue
    /// What it is about: names, and what they hash to.
    let subjects: [(name: String, digest: Digest)]

    func document() -> JSONValue {
        [
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": .string(predicateType),
            "subject": .array(
                subjects.map { subject in
                    [
                        "name": .string(subject.name),
                        "digest": .object([.init(subject.digest.algorithm, .string(subject.digest.hex))]),
                    ]
                }
            ),
            "predicate": predicate,
        ]
    }
}

extension ImagePacker {
    private static let statement = MediaType(rawValue: "application/vnd.in-toto+json")

    /// Writes what is said about an image as a manifest for the index that lists the image.
    /// BuildKit, docs/attestations/attestation-storage.md
    func attest(_ statement: Statement, of image: Descriptor) throws -> Descriptor {
        var layer = try document(statement.document(), as: Self.statement)
        layer.annotations = ["in-toto.io/predicate-type": statement.predicateType]
        let nowhere = Platform(os: "unknown", architecture: "unknown")
        var configuration = ImageConfiguration(platform: nowhere)
        configuration.rootfs.diffIDs = [layer.digest]
        let config = try document(configuration, as: .configuration)
        var manifest = try document(ImageManifest(config: config, layers: [layer]))
        manifest.platform = nowhere
        manifest.annotations = [
            "vnd.docker.reference.digest": image.digest.description,
            "vnd.docker.reference.type": "attestation-manifest",
        ]
        return manifest
    }
}
