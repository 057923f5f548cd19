import Images
import JSON
import OCI

/// Something at a registry that an index is made of.
struct IndexSource: Hashable, Sendable {
    /// Where it is.
    let reference: ImageReference
    /// What the index is to say of it in place of what is known.
    var descriptor: Wish.Descriptor?

    /// Resolves what users named. What has no repository of its own is in the only one that anything else is in.
    ///
    /// - Throws: ``UsageError`` where there is no such repository, or more than one.
    static func sources(_ wishes: [Wish], targets: [ImageReference]) throws -> [IndexSource] {
        let named = targets + wishes.compactMap(\.reference)
        let isCommon = Set(named.map(\.repository)).count == 1
        return try wishes.map { wish in
            switch wish {
            case .reference(let reference): return IndexSource(reference: reference)
            case .content(let descriptor):
                guard let first = named.first else { throw UsageError.conflict("no repositories specified") }
                guard isCommon else {
                    throw UsageError.conflict(
                        "multiple repositories specified, cannot infer repository for \(descriptor.digest)"
                    )
                }
                return IndexSource(reference: try first.pinned(descriptor.digest), descriptor: descriptor)
            }
        }
    }

    /// A manifest with what the source says of it.
    func described(_ member: IndexMember) -> IndexMember {
        guard let descriptor, descriptor.digest == member.descriptor.digest else { return member }
        var member = member
        if let platform = descriptor.platform { member.descriptor.platform = platform }
        member.descriptor.annotate(descriptor.annotations ?? [:])
        return member
    }
}

extension IndexSource {
    /// A source as users name it.
    enum Wish: Hashable, Sendable {
        case reference(ImageReference)
        /// Something in a repository that is told elsewhere.
        case content(Descriptor)

        /// As much of a descriptor as users have to give.
        struct Descriptor: Hashable, Sendable, Decodable {
            let digest: Digest
            var platform: Platform?
            var annotations: [String: String]?
        }

        /// Reads a descriptor in JSON, a digest, or a reference.
        init(parsing text: String) throws {
            if text.hasPrefix("{") {
                self = .content(try JSON.decode(Descriptor.self, from: Array(text.utf8)))
            } else if text.hasPrefix("sha256:") || text.hasPrefix("sha512:") {
                self = .content(Descriptor(digest: try Digest(parsing: text)))
            } else {
                self = .reference(try ImageReference(parsing: text))
            }
        }

        fileprivate var reference: ImageReference? {
            if case .reference(let reference) = self { reference } else { nil }
        }
    }
}

extension Descriptor {
    /// Adds remarks, in place of those of the same name.
    mutating func annotate(_ remarks: [String: String]) {
        guard !remarks.isEmpty else { return }
        annotations = (annotations ?? [:]).merging(remarks) { $1 }
    }
}
