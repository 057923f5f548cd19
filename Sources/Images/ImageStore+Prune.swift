import Linux
public import OCI
import Storage

extension ImageStore {
    /// Removes images that nothing needs.
    ///
    /// Images for several platforms under one name go together or stay together.
    ///
    /// - Parameters:
    ///   - includesNamed: Whether images with names go too, not only dangling ones.
    ///   - filter: Which may go.
    /// - Returns: What went, and how many bytes its layers had.
    public func prune(
        includesNamed: Bool = false,
        keeping kept: Set<Digest> = [],
        where filter: (Image) throws -> Bool = { _ in true },
        users: (Digest) throws -> [ImageUser]
    ) throws -> (removals: [ImageRemoval], reclaimed: Int64) {
        let before = try layers.list()
        var removals: [ImageRemoval] = []
        var count = -1
        // An image that one name has for another platform may have a name of its own: it follows when that one went.
        while removals.count > count {
            count = removals.count
            for id in try list().map(\.id) {
                removals += try change { catalogue in
                    guard try canGo(id, includesNamed: includesNamed, filter, users, in: catalogue) else { return [] }
                    let before = catalogue
                    let work = ImageRemovalWork(id: id, text: id.description, force: true, users: [])
                    let done = try work.perform(on: &catalogue) + removeOthers(of: before, from: &catalogue, users)
                    return done + (try discard(what: before, has: catalogue, keeping: kept))
                }
            }
        }
        let left = Set(try layers.list().map(\.diffID))
        return (removals, before.filter { !left.contains($0.diffID) }.reduce(0) { $0 + $1.size })
    }

    /// Whether an image may go with all that its names have for other platforms; an image that a name has so does not go
    /// by itself.
    private func canGo(
        _ id: Digest,
        includesNamed: Bool,
        _ filter: (Image) throws -> Bool,
        _ users: (Digest) throws -> [ImageUser],
        in catalogue: Catalogue
    ) throws -> Bool {
        guard catalogue.contains(id) else { return false }
        let image = try listed(id, in: catalogue)
        guard !image.isOther, includesNamed || image.isDangling else { return false }
        let names = catalogue.names.values.filter { $0.id == id.description }
        let members = Set(names.flatMap(\.members)).union([id.description])
        return try members.allSatisfy { member in
            let member = try Digest(parsing: member)
            return try filter(listed(member, in: catalogue)) && users(member).isEmpty
        }
    }
}
