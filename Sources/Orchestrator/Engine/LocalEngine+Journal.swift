import Images
import Journal

extension LocalEngine {
    /// Writes down that something has happened to an image.
    ///
    /// - Parameters:
    ///   - id: its identifier, or the name where that is all there is.
    ///   - name: the name that it happened under.
    public func noteImage(_ action: String, id: String, name: String? = nil) {
        var attributes: [String: String] = [:]
        attributes["name"] = name
        Journal(root.events).add(JournalEntry(.image, action, id: id, attributes: attributes))
    }

    /// Writes down what became of names and images that were removed.
    func note(_ removals: [ImageRemoval], of reference: String) {
        for removal in removals {
            switch removal {
            case .untagged(let name): noteImage("untag", id: reference, name: name.familiar)
            case .deleted(let digest): noteImage("delete", id: "\(digest)", name: "\(digest)")
            }
        }
    }
}
