/// What becomes of the result.
extension BuildFlag {
    static let tag = Flag.list("-t, --tag", "Name of the image")
    static let label = Flag.list("--label", "Label: NAME=VALUE")
    static let platform = Flag<String?>.text("--platform", "Platform: OS/ARCH")
    static let identifierFile = Flag<String?>.text("--iidfile", "File that the identifier is written to")

    static let provenance = Flag<String?>.text("--provenance", "Attest how the image was made; has no effect yet")
        .hidden
    static let sbom = Flag<String?>.text("--sbom", "Attest what the image is made of; not supported").hidden

    static let outputs: [any FlagDeclaration] = [tag, label, platform, identifierFile, provenance, sbom]

    /// Flags of Docker that change nothing here.
    static let withoutEffect: [any FlagDeclaration] = [
        Flag.toggle("--load", "Has no effect: the result is always among the images").hidden,
        Flag.toggle("--rm", "Has no effect", default: true).hidden,
        Flag.toggle("--force-rm", "Has no effect").hidden,
    ]
}
