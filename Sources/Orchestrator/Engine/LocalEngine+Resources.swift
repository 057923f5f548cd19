import Containers
import Linux
import Supervision
import SystemPackage

extension LocalEngine {
    /// Begins the uses of what a container's mounts have in common with others: file systems of volumes, trees of images.
    func uses(of container: Container) throws -> [SharedUse] {
        var uses: [SharedUse] = []
        do {
            for mount in container.configuration.mounts {
                switch mount.kind {
                case .volume(let name, _, _, _): try volumes.use(volumes.find(name)).map { uses.append($0) }
                case .image(_, let id, let layers, _): uses.append(try useOfImage(id, layers: layerFolders(layers)))
                case .bind, .tmpfs, .contents, .copy: continue
                }
            }
        } catch {
            Self.end(&uses)
            throw error
        }
        return uses
    }

    /// Ends uses; what nobody uses any more is undone.
    static func end(_ uses: inout [SharedUse]) {
        let resources = uses.map(\.resource)
        uses = []
        for resource in resources { _ = try? resource.leave() }
    }

    /// Where the layers of an image are mounted for the containers that want to see it.
    func imageTree(_ id: String) -> FilePath {
        imageResource(id).folder.appending("tree")
    }

    private func imageResource(_ id: String) -> SharedResource {
        let name = id.split(separator: ":").last.map(String.init) ?? id
        return SharedResource(folder: root.imageTrees.appending(name))
    }

    private func useOfImage(_ id: String, layers: [FilePath]) throws -> SharedUse {
        let use = try imageResource(id).join()
        let tree = imageTree(id)
        let empty = use.resource.folder.appending("empty")
        do {
            try use.resource.make(undoneBy: [.detach(tree.string)]) {
                try Folder.make(tree, mode: 0o755)
                try Folder.make(empty, mode: 0o755)
                // The kernel wants two folders at the least.
                try HostMount.stack([empty] + Self.distinct(layers), at: tree)
            }
        } catch {
            var uses = [use]
            Self.end(&uses)
            throw error
        }
        return use
    }

    /// Of a layer that appears more than once the topmost, which shows all that the others would.
    private static func distinct(_ layers: [FilePath]) -> [FilePath] {
        var seen: Set<FilePath> = []
        return layers.reversed().filter { seen.insert($0).inserted }.reversed()
    }
}
