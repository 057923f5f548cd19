import HTTP
import Linux
import Synchronization

/// Trees that a build fetches from elsewhere, each once, however many stages want it.
///
/// What was fetched is a layer of the cache.
final class RemoteTrees: Sendable {
    let shelf: LayerShelf
    let secrets: [BuildRequest.Secret]
    /// Who signs, by their names.
    let agents: [String: AgentSource]
    let http = HTTPClient()
    private let fetched = Mutex<Set<Material>>([])
    private let sources = OncePerKey<String, BuildCache.Source>()

    init(_ shelf: LayerShelf, of request: BuildRequest) throws {
        self.shelf = shelf
        secrets = request.secrets
        agents = try Dictionary(request.agents.map { ($0.id, try AgentSource($0)) }) { $1 }
    }

    /// What was fetched so far.
    var materials: [Material] { fetched.withLock { $0.sorted { $0.uri < $1.uri } } }

    /// Notes that something was fetched, or was here from another time.
    func note(_ material: Material) { _ = fetched.withLock { $0.insert(material) } }

    /// What a key stands for, fetched by the body if nobody else has.
    func once(_ key: String, _ fetch: () throws -> BuildCache.Source) throws -> BuildCache.Source {
        try sources.value(key, fetch).value
    }
}
