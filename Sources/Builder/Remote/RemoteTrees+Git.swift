import Git
import JSON
import Linux
import OCI
import Storage

extension RemoteTrees {
    /// A layer with the files of the commit that a reference means now, and a text that stands for them.
    func layer(of reference: GitReference) throws -> (layer: Digest, identity: String) {
        let authorization = try reference.authorization(secrets)
        let remote = GitRemote(
            reference.repository,
            environment: OwnEnvironment.variables,
            authorization: authorization
        )
        let description = "git snapshot for \(remote.repository)#\(reference.revision ?? "")"
        var key = CacheKey("git")
        key.add("repository", remote.repository)
        key.add("git directory", "\(reference.keepsGitDirectory ?? false)")
        key.add("submodules", "\(reference.hasSubmodules ?? true)")
        var wish = key
        wish.add("revision", [reference.revision ?? "", reference.checksum ?? ""])
        let source = try once(wish.text) {
            let position = try remote.position(of: reference)
            note(Material(remote.repository, revision: reference.revision, commit: position.commit))
            var key = key
            key.add("commit", position.commit)
            if let known = shelf.cache.source(key.text), shelf.contains(known.layer) { return known }
            let layer = try shelf.checkOut(position, of: remote, reference, description)
            let fetched = BuildCache.Source(layer: layer, identity: key.text)
            try shelf.cache.save(fetched, as: key.text)
            return fetched
        }
        try shelf.cache.noteUse(of: source.layer, description, created: shelf.now, kind: .checkout)
        return (source.layer, source.identity ?? "\(source.layer)")
    }
}

extension LayerShelf {
    fileprivate func checkOut(
        _ position: GitRemote.Position,
        of remote: GitRemote,
        _ reference: GitReference,
        _ description: String
    ) throws -> Digest {
        let draft = try store.makeDraft()
        let time = try remote.checkOut(
            position,
            to: draft.contents,
            hasSubmodules: reference.hasSubmodules ?? true,
            keepsGitDirectory: reference.keepsGitDirectory ?? false
        )
        try Self.settle(draft, Timestamp.nanoseconds(clamping: time))
        return try keep(draft, description, kind: .checkout)
    }

    /// Gives all files the time of the commit, and the permissions that they have whatever the caller's mask is.
    private static func settle(_ draft: LayerDraft, _ time: Int64) throws {
        let root = try OpenFolder(opening: draft.contents)
        var walk = try TreeWalk(root)
        while let visit = try walk.next() {
            switch visit {
            case .entry(let name, let status):
                if status.kind == .regular { try walk.folder.setMode(name, status.mode & 0o100 == 0 ? 0o644 : 0o755) }
                try walk.folder.setTimes(name, time)
            case .entered: try walk.folder.setMode(0o755)
            case .left(let name): try walk.folder.setTimes(name, time)
            }
        }
        try root.setMode(0o755)
        try root.setTimes(time)
    }
}

extension GitReference {
    /// The value of the header that says who asks, from the secrets that BuildKit looks for; nil says nothing.
    fileprivate func authorization(_ secrets: [BuildRequest.Secret]) throws -> String? {
        let address = repository.split(separator: "/").dropFirst().first?.split(separator: "@").last ?? ""
        for suffix in [".\(address)", ""] {
            if let header = secrets.first(where: { $0.id == "GIT_AUTH_HEADER\(suffix)" }) {
                return try header.headerValue()
            }
            guard let token = secrets.first(where: { $0.id == "GIT_AUTH_TOKEN\(suffix)" }) else { continue }
            return "Basic \(Base64.encode(Array("x-access-token:\(try token.headerValue())".utf8)))"
        }
        return nil
    }
}
