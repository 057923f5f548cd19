import Images
import Linux
import OCI

/// The images that a build names, each looked up once, and fetched if that is wanted.
final class BaseImages: Sendable {
    private let store: ImageStore
    /// Names that mean something of the request's own.
    private let contexts: [String: BuildRequest.NamedContext]
    /// Fetches what is not here; nil where nothing is fetched.
    private let pull: BasePull?
    /// Whether images are fetched though they are here.
    private let pulls: Bool
    /// Images that a request puts in the place of a name: what it has just made, as often as not, and never refreshed.
    private let given: Set<String>
    /// Images that are of the request's own, and at no registry.
    private let own: Set<String>
    private let known = OncePerKey<Wanted, Result<Image?, any Error>>()

    /// An image by name, for a platform.
    struct Wanted: Hashable, Sendable {
        let name: String
        let platform: Platform
    }

    init(_ store: ImageStore, of request: BuildRequest, pull: BasePull? = nil) {
        self.store = store
        self.pull = pull
        contexts = request.namedContexts
        pulls = request.pulls
        given = Set(contexts.values.compactMap { if case .image(let image) = $0 { image } else { String?.none } })
        own = Set(contexts.values.flatMap { if case .images(let ids) = $0 { ids } else { [String]() } })
    }

    /// The image of that name for a platform; nil if there is none, and none is fetched.
    ///
    /// Where an image is for one platform alone, it is the one for all.
    func find(_ name: String, for platform: Platform) throws -> Image? {
        let wanted = Wanted(name: name, platform: platform)
        return try known.value(wanted) { Result { try look(for: wanted) } }.value.get()
    }

    /// Whether it would have to be fetched.
    func isMissing(_ wanted: Wanted) -> Bool {
        guard pull != nil, !own.contains(wanted.name) else { return false }
        return isRefreshed(wanted.name) || (try? here(wanted)) == nil
    }

    /// The image for a platform of those names; the first where none is for it.
    func find(_ names: [String], for platform: Platform) throws -> Image? {
        let fitting = try names.count > 1 ? names.first { try store.find($0, platform: platform) != nil } : nil
        return try (fitting ?? names.first).flatMap { try find($0, for: platform) }
    }

    private func isRefreshed(_ name: String) -> Bool { pulls && !given.contains(name) }

    private func look(for wanted: Wanted) throws -> Image? {
        guard let pull, !own.contains(wanted.name) else { return try here(wanted) ?? store.find(wanted.name) }
        if !isRefreshed(wanted.name), let image = try here(wanted) { return image }
        return try pull.fetch(wanted.name, for: wanted.platform)
    }

    private func here(_ wanted: Wanted) throws -> Image? { try store.find(wanted.name, platform: wanted.platform) }

    /// What a name stands for in a FROM, where it stands for an image.
    func base(_ name: String, for platform: Platform) throws -> Image? {
        switch contexts[(try? BuildRequest.contextName(name)) ?? name] {
        case nil: try find(name, for: platform)
        case .image("scratch"): nil
        case .image(let image): try find(image, for: platform)
        case .images(let images): try find(images, for: platform)
        default: nil
        }
    }
}
