import OCI

/// One removal, decided on the catalogue alone.
struct ImageRemovalWork {
    let id: Digest
    let text: String
    let force: Bool
    let users: [ImageUser]

    func perform(on catalogue: inout Catalogue) throws(ImageError) -> [ImageRemoval] {
        let references = catalogue.references(of: id)
        if let removals = try pinned(references, in: &catalogue) { return removals }
        if let named = reference(among: references) {
            let isLast = references.count == 1 && !catalogue.others.contains(id.description)
            if isLast { try refuseLastName() }
            let untagged = untag([named], in: &catalogue)
            // What runs keeps its image, without a name.
            return isLast && running == nil ? untagged + delete(from: &catalogue) : untagged
        }
        if let reason = running { throw inUse("delete \(id.short)", isFinal: true, reason) }
        guard force || Set(references.map(\.repository)).count <= 1 else {
            throw inUse("delete \(id.short)", isFinal: false, "image is referenced in multiple repositories")
        }
        if !force, let user = users.first {
            throw inUse("delete \(id.short)", isFinal: false, "image is being used by stopped container \(user.name)")
        }
        return untag(references, in: &catalogue) + delete(from: &catalogue)
    }

    /// Takes a name by digest, if one was given; the last of all names takes the image with it.
    private func pinned(
        _ references: [ImageReference],
        in catalogue: inout Catalogue
    ) throws(ImageError) -> [ImageRemoval]? {
        guard let reference = try? ImageReference(parsing: text), let digest = reference.digest else { return nil }
        let name = "\(reference.repository)@\(digest)"
        let left = (catalogue.images[id.description]?.digests ?? []).filter { $0 != name }
        guard let pinned = try? ImageReference(parsing: name) else { return nil }
        if references.isEmpty, left.isEmpty, !catalogue.others.contains(id.description) {
            try refuseLastName()
            if running == nil { return delete(from: &catalogue) }
        }
        catalogue.images[id.description]?.digests = left
        return [.untagged(pinned)]
    }

    /// The name that was given; nil if it was an id.
    private func reference(among references: [ImageReference]) -> ImageReference? {
        guard let reference = try? ImageReference(parsing: text), reference.digest == nil else { return nil }
        return references.first { $0 == reference }
    }

    private var running: String? {
        users.first(where: \.isRunning).map { "image is being used by running container \($0.name)" }
    }

    private func refuseLastName() throws(ImageError) {
        guard !force, let user = users.first else { return }
        let reason = "container \(user.name) is using its referenced image \(id.short)"
        throw inUse("remove repository reference \"\(text)\"", isFinal: false, reason)
    }

    private func inUse(_ subject: String, isFinal: Bool, _ reason: String) -> ImageError {
        .inUse(subject: subject, isFinal: isFinal, reason: reason)
    }

    private func untag(_ references: [ImageReference], in catalogue: inout Catalogue) -> [ImageRemoval] {
        references.flatMap { reference in
            catalogue.names[reference.description] = nil
            return [.untagged(reference)] + untagDigests(besides: reference, in: &catalogue)
        }
    }

    /// The names by digest of a repository go with its last tag, as long as there is another.
    private func untagDigests(besides reference: ImageReference, in catalogue: inout Catalogue) -> [ImageRemoval] {
        let left = catalogue.references(of: id)
        guard !left.isEmpty, !left.contains(where: { $0.repository == reference.repository }) else { return [] }
        let digests = catalogue.images[id.description]?.digests ?? []
        let gone = digests.filter { $0.hasPrefix("\(reference.repository)@") }
        catalogue.images[id.description]?.digests = digests.filter { !gone.contains($0) }
        return gone.compactMap { try? ImageReference(parsing: $0) }.map(ImageRemoval.untagged)
    }

    private func delete(from catalogue: inout Catalogue) -> [ImageRemoval] {
        let pinned = (catalogue.images[id.description]?.digests ?? []).compactMap { try? ImageReference(parsing: $0) }
        _ = catalogue.drop(id)
        return pinned.map(ImageRemoval.untagged) + [.deleted(id)]
    }
}
