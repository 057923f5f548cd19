import Linux
import OCI
import Synchronization
import SystemPackage

/// What a program has read of the store, so that one that asks several times reads once.
final class ImageMemory: Sendable {
    private struct State {
        var catalogue: (status: FileStatus, contents: Catalogue)?
        var configurations: [Digest: ImageConfiguration] = [:]
    }

    /// How many configurations are kept: a build asks for a few, and a list of thousands for each once.
    private static let limit = 32

    private let state = Mutex(State())

    /// The catalogue, read again when another one has taken its place: it is never changed where it stands.
    func catalogue(_ path: FilePath) throws -> Catalogue {
        guard let status = try FileStatus.of(path) else { return try Catalogue.read(path) }
        if let known = state.withLock(\.catalogue), known.status == status { return known.contents }
        let catalogue = try Catalogue.read(path)
        // What was put there meanwhile is not what the status is of.
        if try FileStatus.of(path) == status { state.withLock { $0.catalogue = (status, catalogue) } }
        return catalogue
    }

    /// A configuration, which its identifier is the digest of.
    func configuration(
        of id: Digest,
        reading read: () throws -> ImageConfiguration
    ) throws -> ImageConfiguration {
        if let known = state.withLock({ $0.configurations[id] }) { return known }
        let configuration = try read()
        state.withLock { state in
            if state.configurations.count >= Self.limit { state.configurations = [:] }
            state.configurations[id] = configuration
        }
        return configuration
    }
}
