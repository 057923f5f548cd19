import Images
import Synchronization

/// The images that a build names, each looked up once.
final class BaseImages: Sendable {
    private let store: ImageStore
    /// Names that mean something of the request's own.
    private let contexts: [String: BuildRequest.NamedContext]
    private let known = Mutex<[String: Image?]>([:])

    init(_ store: ImageStore, of request: BuildRequest) {
        self.store = store
        contexts = request.namedContexts
    }

    /// The image of that name; nil if there is none.
    func find(_ name: String) throws -> Image? {
        if let image = known.withLock({ $0[name] }) { return image }
        let image = try store.find(name)
        known.withLock { $0[name] = .some(image) }
        return image
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
