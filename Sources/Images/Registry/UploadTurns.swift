import OCI
import Synchronization

/// Sees to it that what several pushes have in common goes to a repository once: the first brings it, the others wait and
/// take it as being there.
///
/// Beside the bytes that it saves, some registries give a blob away while another upload of the same is half written.
final class UploadTurns: Sendable {
    private struct Key: Hashable {
        let repository: String
        let content: Digest
    }

    /// Held by whoever brings the blob; holds what came of it.
    private final class Turn: Sendable {
        let result = Mutex<Descriptor?>(nil)
    }

    private let turns = Mutex<[Key: Turn]>([:])

    /// Brings a blob unless that was done.
    ///
    /// - Parameters:
    ///   - content: What the blob is made of: its own digest, or the layer's.
    ///   - known: Called instead of `bring` with what was brought before.
    func take(
        _ content: Digest,
        to reference: ImageReference,
        known: (Descriptor) -> Void = { _ in },
        _ bring: () throws -> Descriptor
    ) throws -> Descriptor {
        let turn = turns.withLock { turns in
            let key = Key(repository: reference.repository, content: content)
            let turn = turns[key] ?? Turn()
            turns[key] = turn
            return turn
        }
        return try turn.result.withLock { result in
            if let result {
                known(result)
                return result
            }
            let made = try bring()
            result = made
            return made
        }
    }
}
