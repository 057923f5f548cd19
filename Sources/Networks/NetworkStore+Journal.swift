import Journal

extension NetworkStore {
    /// Writes down that something has happened to a network.
    ///
    /// Those that nobody creates come and go with their users, which is nobody's concern.
    func note(_ action: String, _ network: Network) {
        guard !network.isPredefined else { return }
        let attributes = ["name": network.name, "type": network.driver.rawValue]
        Journal(root.events).add(JournalEntry(.network, action, id: network.id, attributes: attributes))
    }
}
