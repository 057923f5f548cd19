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

    /// The process has ended.
    func noteEnd(_ status: TerminationStatus) {
        if countOutOfMemoryKills() > outOfMemoryKills { note("oom") }
        let seconds = startedAt.duration(to: .now).components.seconds
        note("die", ["exitCode": "\(status.code)", "execDuration": "\(seconds)"])
    }
}
