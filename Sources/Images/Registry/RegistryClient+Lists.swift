import HTTP
import JSON
import OCI

extension RegistryClient {
    /// As many pages as a list may have: a registry could go on for ever.
    private static let pageLimit = 1000

    /// The tags of the repository, sorted.
    func tags() throws -> [String] {
        var tags: Set<String> = []
        try pages(request("tags/list")) { document in
            guard case .array(let names)? = document["tags"] else { return }
            tags.formUnion(names.compactMap(\.text))
        }
        return tags.sorted()
    }

    /// What says that it belongs to a manifest. A registry that has no such list may have a tag for it.
    func referrers(of digest: Digest) throws -> [Descriptor] {
        var found: [Descriptor] = []
        do {
            try pages(request("referrers/\(digest)")) { document in
                found += try document.decode(ImageIndex.self).manifests
            }
            return found
        } catch let error as RegistryError {
            guard error.kind == .notFound else { throw error }
        }
        do {
            let bytes = try manifest("\(digest.algorithm)-\(digest.hex)").bytes
            guard case .index(let index) = try ManifestDocument(parsing: bytes) else { return [] }
            return index.manifests
        } catch let error as RegistryError {
            guard error.kind == .notFound else { throw error }
            return []
        }
    }

    /// Reads a list page by page, as long as there is a next one at the same registry.
    private func pages(_ first: RegistryRequest, _ take: (JSONValue) throws -> Void) throws {
        var request = first
        for _ in 0..<Self.pageLimit {
            let (response, bytes) = try transport.whole(request, limit: 4 << 20)
            do {
                try take(try JSONValue(parsing: bytes))
            } catch {
                throw failure("a list that makes no sense")
            }
            guard let link = response["link"], let next = Self.next(link, from: request.address) else { return }
            request.address = next
        }
        throw failure("a list of more than \(Self.pageLimit) pages")
    }

    /// `</v2/…>; rel="next"`. RFC 8288
    static func next(_ link: String, from address: WebAddress) -> WebAddress? {
        guard link.contains("rel=\"next\"") || link.contains("rel=next"), link.hasPrefix("<"),
            let end = link.firstIndex(of: ">"),
            let next = address.following(String(link[link.index(after: link.startIndex)..<end])),
            next.authority == address.authority
        else { return nil }
        return next
    }
}
