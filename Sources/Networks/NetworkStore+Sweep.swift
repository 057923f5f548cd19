import JSON
import Linux
import Storage
import Supervision
import SystemPackage

extension NetworkStore {
    /// Finishes what killed commands and monitors have left half done: drafts go, and networks that were on their way out
    /// are gone with their bridges; one that a container is still on comes back.
    public func sweep() throws {
        try SharedResource.sweep(root.attachments)
        guard try !leftovers().isEmpty else { return }
        // Whoever makes a network holds this.
        let lock = try FileLock.await(Self.choosing)
        for path in try leftovers() { try sweep(path) }
        _ = consume lock
    }

    private func leftovers() throws -> [FilePath] {
        try Folder.names(in: root.networks)
            .filter { $0.hasPrefix(StateRoot.doomedPrefix) || $0.hasPrefix(".draft-") }
            .map { root.networks.appending($0) }
    }

    private func sweep(_ path: FilePath) throws {
        let isDraft = path.lastComponent?.string.hasPrefix(".draft-") ?? false
        let record = try ClaimFile.read(at: path.appending("record.json"))
        guard !isDraft, let record, let network = try? JSON.decode(Network.self, from: record) else {
            return try Removal.tree(path)
        }
        guard try endpoints(of: network).isEmpty else {
            return try WholeFile.move(path, to: folder(of: network.name))
        }
        try bridgeRemoval(of: network)?.perform()
        try Removal.tree(table(of: network).folder)
        try Removal.tree(path)
    }
}
