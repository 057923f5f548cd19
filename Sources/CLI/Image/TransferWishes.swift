import OCI

/// What the flags of `pull` and `push` say.
struct TransferWishes {
    static let flags: [any FlagDeclaration] = [allTagsFlag, platformFlag, CommonFlag.quiet, trust]

    private static let allTagsFlag = Flag.toggle("-a, --all-tags", "Take every tag of the repository")
    private static let platformFlag = Flag<String?>.text("--platform", "Platform that the image is for: OS/ARCH")
    private static let trust = Flag.toggle("--disable-content-trust", "Has no effect", default: true).hidden

    /// Whether every tag is meant.
    let allTags: Bool
    let platform: Platform?
    let isQuiet: Bool
    private let text: String

    init(_ arguments: Arguments) throws {
        text = arguments.positionals[0]
        allTags = arguments[Self.allTagsFlag]
        platform = try arguments[Self.platformFlag].map { try Platform(parsing: $0) }
        isQuiet = arguments[CommonFlag.quiet]
    }

    /// The image that is named, and whether it was named without a tag.
    func reference() throws -> (name: ImageReference, isBare: Bool) {
        let reference = try ImageReference(parsing: text)
        let isBare = text == reference.familiarRepository || text == reference.repository
        guard !allTags || isBare else { throw Failure("tag can't be used with --all-tags/-a") }
        return (reference, isBare)
    }
}
