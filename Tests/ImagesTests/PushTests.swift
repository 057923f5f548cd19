import Hashing
import JSON
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Images

@Suite struct Pushes {
    private func store(_ folder: FilePath, _ name: String) -> ImageStore {
        ImageStore(root: StateRoot(under: folder.appending(name)))
    }

    @Test(.requiresRegistry) func `bring what was built here, and nothing twice`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let source = store(folder, "source")
            let name = "\(registry.host)/test/pair:1"
            let id = try commitPair(to: source, as: name)
            let layers = try #require(try source.find(name)).layers
            let reference = try ImageReference(parsing: name)
            let access = try RegistryAccess.plain(uploads: 1)
            let events = Mutex<[PushEvent]>([])
            let pushed = try source.push(reference, access: access) { event in events.withLock { $0.append(event) } }
            #expect(events.withLock { $0.filter(\.isEnd) } == layers.map { .pushed(layer: $0) } + [.tagged(pushed)])
            #expect(try source.find(name)?.repositoryDigests.map(\.digest) == [pushed.digest])

            events.withLock { $0 = [] }
            #expect(
                try source.push(reference, access: access) { event in events.withLock { $0.append(event) } } == pushed
            )
            #expect(
                events.withLock { $0.filter(\.isEnd) } == layers.map { .alreadyExists(layer: $0) } + [.tagged(pushed)]
            )

            let target = store(folder, "target")
            #expect(try target.pull(reference, access: access).id == id)
            #expect(try access.resolve(reference).digest == pushed.digest)
            let copied = try Program.succeeds([
                "skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", "docker://\(name)",
                "oci:\(folder)/copy:1",
            ])
            #expect(copied)
        }
    }

    @Test(.requiresRegistry) func `of several names at once bring each layer once`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let store = store(folder, "store")
            let id = try commitPair(to: store, as: "\(registry.host)/test/pair:0")
            let layers = try #require(try store.find(id.description)).layers
            let names = try (1...4).map { try ImageReference(parsing: "\(registry.host)/test/pair:\($0)") }
            for name in names { try store.tag(id, as: name) }
            let access = try RegistryAccess.plain()
            let events = Mutex<[PushEvent]>([])
            let results = try Parallel.map(names, width: 4) { name in
                Result { try store.push(name, access: access) { event in events.withLock { $0.append(event) } } }
            }
            #expect(Set(try results.map { try $0.get().digest }).count == 1)
            for layer in layers {
                #expect(events.withLock { $0.count { $0 == .pushed(layer: layer) } } == 1)
                #expect(events.withLock { $0.count { $0 == .alreadyExists(layer: layer) } } == 3)
            }
        }
    }

    @Test func `bring a layer in every form that manifests name it in`() throws {
        try withTemporaryFolder { folder in
            let target = UploadRepository()
            let server = try ScriptedServer { target.answer($0) }
            let access = try RegistryAccess.plain()
            let sources = try [
                FakeRepository([noise(100)], format: .gzip),
                FakeRepository([noise(100), noise(100, seed: 2)], format: .zstd),
            ]
            for (number, source) in sources.enumerated() {
                let origin = try ScriptedServer { source.answer($0) }
                let store = store(folder, "\(number)")
                let pulled = try store.pull(ImageReference(parsing: "\(origin.host)/test/image:1"), access: access)
                let name = try ImageReference(parsing: "\(server.host)/test/image:\(number)")
                try store.tag(pulled.id, as: name)
                #expect(try store.push(name, access: access).digest == source.digest)
                #expect(source.layers.allSatisfy { target.blobs[$0.digest] != nil })
            }
        }
    }

    @Test func `ask once for what they brought before, and bring it anew where it has gone`() throws {
        try withTemporaryFolder { folder in
            let target = UploadRepository()
            let server = try ScriptedServer { target.answer($0) }
            let name = try ImageReference(parsing: "\(server.host)/test/pair:1")
            let store = store(folder, "store")
            _ = try commitPair(to: store, as: name.description)
            let access = try RegistryAccess.plain()
            let blobs = try store.blobs.list()
            let pushed = try store.push(name, access: access)
            #expect(try Set(store.blobs.list()) == Set(blobs))
            let count = server.requests.count
            #expect(try store.push(name, access: access) == pushed)
            let asked = server.requests.dropFirst(count).map { "\($0.method) \($0.path)" }
            #expect(asked == ["HEAD /v2/test/pair/manifests/1"])
            target.forget("1")
            #expect(try store.push(name, access: access) == pushed)
            #expect(target.manifests["1"] != nil)
        }
    }

    @Test(.requiresRegistry) func `take layers from another repository of the same registry`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let store = store(folder, "store")
            let id = try commitPair(to: store, as: "\(registry.host)/test/one:1")
            let layers = try #require(try store.find(id.description)).layers
            let access = try RegistryAccess.plain(uploads: 1)
            let first = try store.push(ImageReference(parsing: "\(registry.host)/test/one:1"), access: access)
            let two = try ImageReference(parsing: "\(registry.host)/test/two:1")
            try store.tag(id, as: two)
            let events = Mutex<[PushEvent]>([])
            let second = try store.push(two, access: access) { event in events.withLock { $0.append(event) } }
            let source = "\(registry.host)/test/one"
            let mounted = layers.map { PushEvent.mounted(layer: $0, repository: source) }
            #expect(events.withLock { $0.filter(\.isEnd) } == mounted + [.tagged(second)])
            #expect(second.digest == first.digest)
        }
    }

    @Test(.requiresRegistry) func `give what came from a registry as it came, in Docker's words too`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let source = store(folder, "source")
            _ = try commitPair(to: source, as: "pair:1")
            let archive = folder.appending("pair.tar")
            do {
                let file = try OwnedDescriptor.writing(archive)
                try source.save(["pair:1"]) { try file.write($0) }
            }
            let place = "\(registry.host)/test/pair:1"
            let copied = try Program.succeeds([
                "skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--format", "v2s2",
                "docker-archive:\(archive)", "docker://\(place)",
            ])
            try #require(copied)
            let store = store(folder, "store")
            let access = try RegistryAccess.plain()
            let reference = try ImageReference(parsing: place)
            let pulled = try store.pull(reference, access: access)
            #expect(try access.resolve(reference).mediaType == .dockerManifest)
            let other = try ImageReference(parsing: "\(registry.host)/other/pair:2")
            try store.tag(pulled.id, as: other)
            #expect(try store.push(other, access: access).digest == pulled.digest)
            #expect(try access.resolve(other).mediaType == .dockerManifest)
        }
    }

    @Test func `send only what did not arrive where the connection breaks`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder, "store")
            let contents = noise(9 << 20)
            let draft = try store.layers.makeDraft()
            try WholeFile.replace(draft.contents.appending("noise"), with: contents, isDurable: false)
            var configuration = ImageConfiguration()
            configuration.rootfs.diffIDs = [try store.layers.commit(draft).diffID]
            let repository = UploadRepository(losingOnce: 5_000_000)
            let server = try ScriptedServer { repository.answer($0) }
            let reference = try ImageReference(parsing: "\(server.host)/test/noise:1")
            _ = try store.commit(configuration, as: [reference])
            let pushed = try store.push(reference, access: .plain())
            let ranges = server.requests.filter { $0.method == "PATCH" }.compactMap { $0.headers["content-range"] }
            #expect(ranges.count == 3)
            let ends = ranges.map { $0.split(separator: "-").map { Int($0) ?? 0 } }
            #expect(ends[0][0] == 0)
            #expect(ends[1] == [5_000_000, ends[0][1]])
            #expect(ends[2][0] == ends[0][1] + 1)
            let manifest = try JSON.decode(ImageManifest.self, from: #require(repository.manifests["1"]))
            #expect(Digest(sha256: SHA256.sum(try #require(repository.manifests["1"]))) == pushed.digest)
            let layer = try #require(repository.blobs[manifest.layers[0].digest])
            #expect(Int64(layer.count) == manifest.layers[0].size)
            #expect(manifest.layers[0].mediaType == .gzipLayer)
        }
    }

    @Test func `try again after errors of the server, and tell of those that stay`() throws {
        try withTemporaryFolder { folder in
            let store = store(folder, "store")
            let repository = UploadRepository()
            let statuses = Mutex([503, 500, 429])
            let server = try ScriptedServer { request in
                let isCommit = request.method == "PUT"
                guard isCommit, let status = statuses.withLock({ $0.popLast() }) else {
                    return repository.answer(request)
                }
                return .init(status: status)
            }
            let reference = try ImageReference(parsing: "\(server.host)/test/pair:1")
            _ = try commitPair(to: store, as: reference.description)
            _ = try store.push(reference, access: .plain())
            #expect(repository.manifests["1"] != nil)

            let denied = try ScriptedServer { _ in
                .json(#"{"errors":[{"code":"DENIED","message":"not yours"}]}"#, status: 403)
            }
            let other = try ImageReference(parsing: "\(denied.host)/test/pair:1")
            try store.tag(#require(try store.find(reference)).id, as: other)
            let error = #expect(throws: RegistryError.self) { try store.push(other, access: .plain()) }
            #expect(error?.kind == .unauthorized)
            let missing = #expect(throws: ImageError.self) {
                try store.push(ImageReference(parsing: "nothing"), access: .plain())
            }
            #expect(missing?.description == "An image does not exist locally with the tag: nothing")
            let platform = #expect(throws: ImageError.self) {
                try store.push(reference, platform: Platform(parsing: "linux/s390x"), access: .plain())
            }
            #expect(platform?.description.hasSuffix("does not provide the specified platform (linux/s390x)") == true)
        }
    }
}

extension PushEvent {
    /// Whether a layer or an image is done with it.
    fileprivate var isEnd: Bool {
        switch self {
        case .preparing, .pushing: false
        default: true
        }
    }
}

/// A registry that takes uploads, in memory, and may lose part of one.
final class UploadRepository: Sendable {
    private struct State {
        var sessions: [String: [UInt8]] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        var manifests: [String: [UInt8]] = [:]
        var losing: Int?
    }

    private let state: Mutex<State>

    /// - Parameter count: How many bytes of the first piece arrive before the connection breaks.
    init(losingOnce count: Int? = nil) {
        state = Mutex(State(losing: count))
    }

    var blobs: [Digest: [UInt8]] { state.withLock { $0.blobs } }
    var manifests: [String: [UInt8]] { state.withLock { $0.manifests } }

    func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        state.withLock { state in
            let name = String(request.path.split(separator: "/").last ?? "")
            if request.path.contains("/manifests/") {
                if request.method == "HEAD" { return Self.describe(state.manifests[name]) }
                state.manifests[name] = request.body
                return .init(status: 201)
            }
            guard request.path.contains("/uploads/") else {
                let isThere = (try? Digest(parsing: name)).map { state.blobs[$0] != nil } == true
                return .init(status: isThere ? 200 : 404)
            }
            return upload(request, &state)
        }
    }

    /// Lets a name mean nothing any more.
    func forget(_ name: String) { state.withLock { $0.manifests[name] = nil } }

    private static func describe(_ manifest: [UInt8]?) -> ScriptedServer.Answer {
        guard let manifest else { return .init(status: 404) }
        let digest = Digest(sha256: SHA256.sum(manifest)).description
        let type = MediaType.manifest.rawValue
        let headers = [("Docker-Content-Digest", digest), ("Content-Type", type)]
        return .init(status: 200, headers: headers, claimedLength: manifest.count)
    }

    private func upload(_ request: ScriptedServer.Request, _ state: inout State) -> ScriptedServer.Answer {
        let place = request.path
        switch request.method {
        case "POST":
            let session = "/v2/test/blobs/uploads/\(state.sessions.count)"
            state.sessions[session] = []
            return .init(status: 202, headers: [("Location", session + "?state=x")])
        case "PATCH":
            let count = state.losing ?? request.body.count
            state.sessions[place, default: []] += request.body.prefix(count)
            guard state.losing == nil else {
                state.losing = nil
                return .init(status: 0)
            }
            return .init(status: 202, headers: [("Location", place)])
        case "GET":
            let count = state.sessions[place]?.count ?? 0
            return .init(status: 204, headers: [("Range", "0-\(max(0, count - 1))")], claimedLength: 0)
        default:
            let blob = (state.sessions[place] ?? []) + request.body
            state.blobs[Digest(sha256: SHA256.sum(blob))] = blob
            return .init(status: 201)
        }
    }
}
