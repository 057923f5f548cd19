import HTTP
import Linux
import OCI

extension RemoteTrees {
    /// A layer with one file of the web in it, which is root's alone and as old as the server says.
    ///
    /// - Parameters:
    ///   - checksum: What the file has to hash to. The server is not asked for one that is here.
    ///   - progress: Told once a second how far it has got.
    func layer(
        of file: WebFile,
        checksum: Digest?,
        progress: @escaping (String) -> Void
    ) throws -> (layer: Digest, version: WebFetch.Version) {
        let url = file.address.text
        let description = "http url \(url)"
        var key = CacheKey("web")
        key.add("url", url)
        let source = try once(key.text) {
            let known = shelf.cache.source(key.text).flatMap { shelf.contains($0.layer) ? $0 : nil }
            if let known, checksum != nil, known.version?.digest == checksum { return known }
            let fetch = WebFetch(http: http, file: file, authorization: try file.authorization(secrets))
            let fetched = try shelf.fetched(by: fetch, unless: known, progress)
            try shelf.cache.save(fetched, as: key.text)
            return fetched
        }
        guard let version = source.version else { throw BuilderError(.badURL(url)) }
        if let checksum, checksum != version.digest {
            throw BuilderError(.wrongChecksum(url, expected: checksum, actual: version.digest))
        }
        note(Material(file, version.digest))
        try shelf.cache.noteUse(of: source.layer, description, created: shelf.now)
        return (source.layer, version)
    }
}

extension LayerShelf {
    fileprivate func fetched(
        by fetch: WebFetch,
        unless known: BuildCache.Source?,
        _ progress: @escaping (String) -> Void
    ) throws -> BuildCache.Source {
        let draft = try store.makeDraft()
        let folder = try OpenFolder(opening: draft.contents)
        let version = try fetch.fetch(unless: known?.version) { name in
            try folder.removeFile(name)
            return try folder.makeFile(name, mode: 0o600)
        } progress: { size, whole in
            progress("\(Self.megabytes(size))\(whole.map { " / \(Self.megabytes($0))" } ?? "")")
        }
        if let known, known.version == version { return known }
        if let name = FileName(version.name) {
            let modified = version.modified.flatMap(HTTPDate.seconds) ?? 0
            try folder.setTimes(name, Timestamp.nanoseconds(clamping: modified))
        }
        return BuildCache.Source(layer: try keep(draft, "http url \(fetch.file.address.text)"), version: version)
    }

    private static func megabytes(_ bytes: Int64) -> String {
        "\(bytes / 1_000_000).\(bytes / 100_000 % 10)MB"
    }
}
