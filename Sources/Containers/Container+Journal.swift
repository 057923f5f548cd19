import Journal
import Supervision
import SystemPackage

extension Container {
    /// Writes down that something has happened to the container.
    public func note(_ action: String, _ further: [String: String] = [:]) {
        let journal = configuration.journalOrder(in: store.root.events)
        let attributes = journal.attributes.merging(further) { _, further in further }
        Journal(store.root.events).add(JournalEntry(.container, action, id: id, attributes: attributes))
    }
}

extension ContainerConfiguration {
    /// What is said of the container with all that happens to it.
    func journalOrder(in folder: FilePath, networks: [String: String] = [:]) -> JournalOrder {
        var attributes = labels
        attributes["image"] = image
        attributes["name"] = name
        let volumes = mounts.compactMap { mount -> JournalOrder.VolumeUse? in
            guard case .volume(let name, _, _, _) = mount.kind else { return nil }
            return JournalOrder.VolumeUse(name: name, destination: mount.target, isReadOnly: mount.isReadOnly)
        }
        return JournalOrder(
            folder: folder.string,
            attributes: attributes,
            networks: networks,
            volumes: volumes,
            tellsRemoval: removesItself
        )
    }
}
