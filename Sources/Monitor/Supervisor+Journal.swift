import Journal
import Linux
import Supervision
import SystemPackage

/// What the monitor writes down for those who want to know what happens.
extension Supervisor {
    func note(_ action: String, _ further: [String: String] = [:]) {
        guard let journal = order.journal else { return }
        let attributes = journal.attributes.merging(further) { _, further in further }
        let entry = JournalEntry(.container, action, id: order.containerID, attributes: attributes)
        Journal(FilePath(journal.folder)).add(entry)
    }

    /// The container joins its networks, or leaves them.
    ///
    /// - Parameter others: networks of which nothing is to be said, by identifier.
    func noteNetworks(_ action: String, besides others: [String: String] = [:]) {
        guard let journal = order.journal else { return }
        for (id, name) in journal.networks.sorted(by: { $0.value < $1.value }) where others[id] == nil {
            let attributes = ["container": order.containerID, "name": name, "type": "bridge"]
            Journal(FilePath(journal.folder)).add(JournalEntry(.network, action, id: id, attributes: attributes))
        }
    }

    /// The container has its volumes from now on.
    func noteMounts() {
        for volume in order.journal?.volumes ?? [] {
            let further = [
                "destination": volume.destination, "propagation": "", "read/write": "\(!volume.isReadOnly)",
            ]
            note(volume, "mount", further)
        }
    }

    /// The container has let go of its volumes.
    func noteUnmounts() {
        for volume in order.journal?.volumes ?? [] { note(volume, "unmount") }
    }

    private func note(_ volume: JournalOrder.VolumeUse, _ action: String, _ further: [String: String] = [:]) {
        guard let journal = order.journal else { return }
        let attributes = ["container": order.containerID, "driver": "local"].merging(further) { $1 }
        Journal(FilePath(journal.folder)).add(JournalEntry(.volume, action, id: volume.name, attributes: attributes))
    }

    /// The process has ended.
    func noteEnd(_ status: TerminationStatus) {
        if countOutOfMemoryKills() > outOfMemoryKills { note("oom") }
        let seconds = startedAt.duration(to: .now).components.seconds
        note("die", ["exitCode": "\(status.code)", "execDuration": "\(seconds)"])
    }
}
