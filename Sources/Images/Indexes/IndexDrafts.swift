import Hashing
import JSON
public import OCI
import Storage

/// Indexes that are being put together on this machine, before they are pushed: `docker manifest create` and `annotate`.
public struct IndexDrafts: Sendable {
    private let records: RecordStore<Draft>

    /// What is drafted under one name.
    public struct Draft: Codable, Sendable {
        /// What it will be called.
        public let name: ImageReference
        /// What it names so far.
        public var members: [IndexMember]
    }

    /// The drafts beside the images of a store.
    public init(_ store: ImageStore) {
        records = RecordStore(store.folder.appending("index-drafts"))
    }

    private func key(_ name: ImageReference) -> String { SHA256.hexadecimal(Array(name.description.utf8)) }

    /// What is drafted under a name; nil if nothing is.
    public func find(_ name: ImageReference) throws -> Draft? { try records.record(key(name)) }

    /// Adds manifests to a draft, which is begun where there is none; one that it has already is replaced.
    ///
    /// - Parameter amends: Whether there may be one already.
    /// - Throws: ``IndexDraftError/exists(_:)``
    public func add(_ members: [IndexMember], to name: ImageReference, amends: Bool) throws {
        let existing = try find(name)
        guard existing == nil || amends else { throw IndexDraftError.exists(name) }
        var draft = existing ?? Draft(name: name, members: [])
        for member in members {
            draft.members.removeAll { $0.descriptor.digest == member.descriptor.digest }
            draft.members.append(member)
        }
        try records.save(draft, as: key(name))
    }

    /// Changes what a draft says of one of its manifests.
    ///
    /// - Throws: ``IndexDraftError``
    public func annotate(_ digest: Digest, of name: ImageReference, _ change: (inout Platform) -> Void) throws {
        guard var draft = try find(name) else { throw IndexDraftError.missing(name) }
        guard let place = draft.members.firstIndex(where: { $0.descriptor.digest == digest }) else {
            throw IndexDraftError.notNamed(digest, by: name)
        }
        var platform = draft.members[place].descriptor.platform ?? Platform(os: "linux", architecture: "")
        change(&platform)
        draft.members[place].descriptor.platform = platform
        try records.save(draft, as: key(name))
    }

    /// Forgets a draft.
    ///
    /// - Throws: ``IndexDraftError/missing(_:)``
    public func remove(_ name: ImageReference) throws {
        guard try find(name) != nil else { throw IndexDraftError.missing(name) }
        try records.remove(key(name))
    }
}

/// What cannot be done with a draft of an index.
public enum IndexDraftError: Error, Hashable, Sendable {
    case exists(ImageReference)
    case missing(ImageReference)
    case notNamed(Digest, by: ImageReference)
}

extension IndexDraftError: CustomStringConvertible {
    /// What is wrong, in one line, in Docker's words where it has some.
    public var description: String {
        switch self {
        case .exists: "refusing to amend an existing manifest list with no --amend flag"
        case .missing(let name): "No such manifest: \(name)"
        case .notNamed(let digest, let name): "manifest \(digest) does not exist in \(name)"
        }
    }
}
