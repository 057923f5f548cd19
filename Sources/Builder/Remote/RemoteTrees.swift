import HTTP
import Synchronization

/// Trees that a build fetches from elsewhere, each once, however many stages want it.
///
/// What was fetched is a layer of the cache.
final class RemoteTrees: Sendable {
    /// Held by whoever fetches the tree.
    private final class Slot: Sendable {
        let source = Mutex<BuildCache.Source?>(nil)
    }

    let shelf: LayerShelf
    let secrets: [BuildRequest.Secret]
    /// Who signs, by their names.
    let agents: [String: AgentSource]
    let http = HTTPClient()
    private let slots = Mutex<[String: Slot]>([:])

    init(_ shelf: LayerShelf, of request: BuildRequest) throws {
        self.shelf = shelf
        secrets = request.secrets
        agents = try Dictionary(request.agents.map { ($0.id, try AgentSource($0)) }) { $1 }
    }

    /// What a key stands for, fetched by the body if nobody else has.
    func once(_ key: String, _ fetch: () throws -> BuildCache.Source) throws -> BuildCache.Source {
        let slot = slots.withLock { slots in
            let slot = slots[key] ?? Slot()
            slots[key] = slot
            return slot
        }
        return try slot.source.withLock { source in
            if let source { return source }
            let fetched = try fetch()
            source = fetched
            return fetched
        }
    }
}
