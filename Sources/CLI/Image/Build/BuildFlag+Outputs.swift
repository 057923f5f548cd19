/// What becomes of the result.
extension BuildFlag {
    static let tag = Flag.list("-t, --tag", "Name of the image")
    static let label = Flag.list("--label", "Label: NAME=VALUE")
    static let platform = Flag.list("--platform", "Platforms to build for: OS/ARCH[,OS/ARCH...]")
    static let output = Flag.list("-o, --output", "What becomes of the result: type=local,dest=PATH")
    static let push = Flag.toggle("--push", "Bring the image to its registry: --output=type=registry")
    static let load = Flag.toggle("--load", "Have the image among those of this machine: --output=type=docker")
    static let annotation = Flag.list("--annotation", "Remark on the image: [LEVEL:]NAME=VALUE")
    static let cacheFrom = Flag.list(
        "--cache-from",
        "Shared cache to take from: type=registry,ref=NAME or type=local,src=PATH"
    )
    static let cacheTo = Flag.list("--cache-to", "Shared cache to fill: type=registry,ref=NAME or type=local,dest=PATH")
    static let identifierFile = Flag<String?>.text("--iidfile", "File that the identifier is written to")
    static let metadataFile = Flag<String?>.text("--metadata-file", "File that what came of it is written to")
    static let attestation = Flag.list("--attest", "Attestation: type=provenance[,mode=max]")
    static let provenance = Flag<String?>.text("--provenance", "Attest how the image was made: true, false, mode=max")
        .hidden
    static let sbom = Flag<String?>.text("--sbom", "Attest what the image is made of; not supported").hidden

    static let outputs: [any FlagDeclaration] = [
        tag, label, platform, output, push, load, annotation, cacheFrom, cacheTo, identifierFile, metadataFile,
        attestation, provenance, sbom,
    ]

    /// Flags of Docker that change nothing here.
    static let withoutEffect: [any FlagDeclaration] = [
        Flag.toggle("--rm", "Has no effect", default: true).hidden,
        Flag.toggle("--force-rm", "Has no effect").hidden,
        Flag.toggle("--compress", "Has no effect").hidden,
    ]
}
