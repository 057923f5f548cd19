import Images
import Synchronization

/// The images that a build names, each looked up once, and fetched if that is wanted.
final class BaseImages: Sendable {
    private let store: ImageStore
    /// Names that mean something of the request's own.
    private let contexts: [String: BuildRequest.NamedContext]
    /// Fetches what is not here; nil where nothing is fetched.
    private let pull: BasePull?
    /// Names whose images are fetched though they are here.
    private let isRefreshed: @Sendable (String) -> Bool
    private let known = Mutex<[String: Result<Image?, any Error>]>([:])

    init(_ store: ImageStore, of request: BuildRequest, pull: BasePull? = nil) {
        self.store = store
        self.pull = pull
        contexts = request.namedContexts
        // What a request puts in the place of a name is what it has just made, as often as not.
        let given = Set(contexts.values.compactMap { if case .image(let image) = $0 { image } else { String?.none } })
        isRefreshed = { request.pulls && !given.contains($0) }
    }

    /// The image of that name; nil if there is none, and none is fetched.
    func find(_ name: String) throws -> Image? {
        if let image = known.withLock({ $0[name] }) { return try image.get() }
        let image = Result { try look(for: name) }
        known.withLock { $0[name] = image }
        return try image.get()
    }

    private func look(for name: String) throws -> Image? {
        if let image = try store.find(name), pull == nil || !isRefreshed(name) { return image }
        try pull?.fetch(name)
        return try store.find(name)
    }

    /// What a name stands for in a FROM, where it stands for an image.
    func base(_ name: String) throws -> Image? {
        switch contexts[name] {
        case nil: try find(name)
        case .image(let image): try find(image)
        default: nil
        }
    }
}
