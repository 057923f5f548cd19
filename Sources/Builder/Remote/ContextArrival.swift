import Compression
import Dockerfile
import Git
import Images
import Linux
import OCI
import Storage
import SystemPackage

/// Brings what a request names elsewhere: afterwards all of it is in folders and images of this machine.
struct ContextArrival {
    let remotes: RemoteTrees
    let images: ImageStore
    let tell: (BuildEvent) -> Void

    /// A request, and the folders that exist as long as the value does.
    struct Arrived {
        var request: BuildRequest
        fileprivate(set) var folders: [LayerDraft] = []
    }

    /// Something that has come: a folder, or a file that is no archive.
    private enum Thing {
        case folder(FilePath)
        case file(FilePath)
    }

    func arrive(_ request: BuildRequest) throws -> Arrived {
        var arrived = Arrived(request: request)
        if case .web(let url)? = request.dockerfile {
            try shown("load remote Dockerfile \(url.withoutCredentials)") { try takeDockerfile(url, &arrived) }
        }
        switch request.origin {
        case .reference(let text):
            let isGit = try GitReference(naming: text) != nil
            try shown(isGit ? "load git source \(text.withoutCredentials)" : "load remote build context") {
                try take(try fetch(text, &arrived), &arrived)
                let material = try remotes.material(of: text)
                arrived.request.material = material
                if request.dockerfileIsInContext { arrived.request.dockerfileMaterial = material }
            }
        case .stream(let descriptor):
            try shown("load remote build context") { try take(try receive(descriptor, &arrived), &arrived) }
        case nil: break
        }
        for (name, context) in request.namedContexts.sorted(by: { $0.key < $1.key }) {
            try takeNamed(name, context, &arrived)
        }
        return arrived
    }

    private func shown(_ text: String, _ body: () throws -> Void) throws {
        try BuildStep(text, isInternal: true).perform(telling: tell, body)
    }

    // MARK: Taking

    /// Makes what came the context, or the Dockerfile of an empty one.
    private func take(_ thing: Thing, _ arrived: inout Arrived) throws {
        switch thing {
        case .folder(let path): arrived.request.context = path
        case .file(let path):
            guard arrived.request.dockerfile == nil else {
                throw BuilderError(.other("the context is no archive, and takes no Dockerfile besides itself"))
            }
            arrived.request.dockerfile = try text(of: path)
            arrived.request.context = try makeFolder(&arrived)
        }
        arrived.request.isFetched = true
        arrived.request.origin = nil
    }

    private func text(of path: FilePath) throws -> BuildRequest.Source {
        let bytes = try WholeFile.read(path, limit: DockerfileLimits.file)
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    private func takeDockerfile(_ url: String, _ arrived: inout Arrived) throws {
        arrived.request.dockerfile = try text(of: try download(url).file)
        arrived.request.dockerfileMaterial = try remotes.material(of: url)
    }

    private func takeNamed(
        _ name: String,
        _ context: BuildRequest.NamedContext,
        _ arrived: inout Arrived
    ) throws {
        switch context {
        case .folder, .image, .images, .fetched: return
        case .remote(let text):
            try shown("load context \(name): \(text.withoutCredentials)") {
                switch try fetch(text, &arrived) {
                case .folder(let path): arrived.request.namedContexts[name] = .fetched(path)
                case .file(let path): arrived.request.namedContexts[name] = .fetched(path.removingLastComponent())
                }
            }
        case .layout(let path, let selection):
            try shown("load context \(name): oci-layout://\(path)") {
                let layout = LayoutImage(path: path, selection: selection)
                let ids = try layout.load(into: images, for: arrived.request.targets + [.host])
                arrived.request.namedContexts[name] = .images(ids.map(\.description))
            }
        }
    }

    // MARK: Fetching

    private func fetch(_ text: String, _ arrived: inout Arrived) throws -> Thing {
        guard let reference = try GitReference(naming: text) else {
            let (file, digest) = try download(text)
            return try isArchive(file) ? .folder(try unpacked(file, digest, text.withoutCredentials)) : .file(file)
        }
        let folder = try remotes.shelf.folders(of: [remotes.layer(of: reference).layer])[0]
        let path = try TreePath(clamping: reference.path)
        // A link in the repository could lead to what is this machine's own.
        guard try AnchoredTree(folder).folder(at: path) != nil else { throw BuilderError(.notAFolder("/\(path)")) }
        return .folder(path.isRoot ? folder : folder.pushing(FilePath("\(path)")))
    }

    private func download(_ url: String) throws -> (file: FilePath, digest: Digest) {
        let (layer, version) = try remotes.layer(of: WebFile(url), checksum: nil) { _ in }
        return (try remotes.shelf.folders(of: [layer])[0].appending(version.name), version.digest)
    }

    /// What comes from a stream: it is no longer there for a second look, so it is laid aside first.
    private func receive(_ descriptor: FileDescriptor, _ arrived: inout Arrived) throws -> Thing {
        let file = try makeFolder(&arrived).appending("stream")
        try write(ByteSource(reading: descriptor), to: file)
        guard try isArchive(file) else { return .file(file) }
        let draft = try remotes.shelf.store.makeDraft()
        arrived.folders.append(draft)
        try unpack(file, into: draft)
        try Removal.file(file)
        return .folder(draft.contents)
    }

    private func write(_ source: ByteSource, to file: FilePath) throws {
        let target = try OwnedDescriptor.writing(file, mode: 0o600)
        let bounded = source.limited(to: try Self.room(at: file.removingLastComponent()))
        while let piece = try bounded.next() { try target.write(piece) }
    }

    private func makeFolder(_ arrived: inout Arrived) throws -> FilePath {
        let draft = try remotes.shelf.store.makeDraft()
        arrived.folders.append(draft)
        return draft.contents
    }

    // MARK: Archives

    private func isArchive(_ file: FilePath) throws -> Bool {
        try LocalArchive.isOne(ByteSource(readingFile: file))
    }

    /// The layer that holds what is in an archive, unpacked once.
    ///
    /// - Parameter url: where it came from, as it may be shown.
    private func unpacked(_ file: FilePath, _ digest: Digest, _ url: String) throws -> FilePath {
        let shelf = remotes.shelf
        var key = CacheKey("unpacked")
        key.add("digest", digest.description)
        if let known = shelf.cache.step(key.text)?.layer, shelf.contains(known) {
            try shelf.noteUse(of: known, "files of \(url)")
            return try shelf.folders(of: [known])[0]
        }
        let draft = try shelf.store.makeDraft()
        try unpack(file, into: draft)
        let layer = try shelf.keep(draft, "files of \(url)")
        try shelf.cache.save(BuildCache.Step(layer: layer, created: shelf.now), as: key.text)
        return try shelf.folders(of: [layer])[0]
    }

    private func unpack(_ file: FilePath, into draft: LayerDraft) throws {
        let limit = try Self.room(at: draft.contents)
        try remotes.shelf.store.unpackArchive(ByteSource(readingFile: file), into: draft, limit: limit)
    }

    /// However much comes, the machine keeps some room.
    private static func room(at path: FilePath) throws -> Int {
        Int(try FileSystemSpace(at: path).free / 10 * 9)
    }
}
