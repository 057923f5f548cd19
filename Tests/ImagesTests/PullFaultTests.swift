import Compression
import Hashing
import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Registries that are slow, busy, broken or dishonest.
@Suite struct PullFaults {
    private let repository: FakeRepository

    init() throws {
        repository = try FakeRepository([noise(300_000), noise(200_000, seed: 2)])
    }

    private func pull(_ server: ScriptedServer, into folder: FilePath) throws -> PulledImage {
        let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
        return try store(folder).pull(reference, access: .plain())
    }

    private func store(_ folder: FilePath) -> ImageStore { ImageStore(root: StateRoot(under: folder)) }

    /// Whether nothing half done is left but what the next pull goes on with.
    private func expectClean(_ folder: FilePath, downloads: Int = 0) throws {
        let images = folder.appending("images")
        let parts = Folder.hasEntry(images.appending("downloads"))
        #expect(parts ? try Folder.names(in: images.appending("downloads")).count == downloads : downloads == 0)
        let drafts = folder.appending("layers/drafts")
        #expect(Folder.hasEntry(drafts) ? try Folder.names(in: drafts) == [] : true)
    }

    @Test func `resume within a pull where the connection was cut`() throws {
        try withTemporaryFolder { folder in
            let first = repository.layers[0].digest
            let repository = repository
            let cuts = Mutex([100_000, 50_000, 1])
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                guard request.path.hasSuffix(first.description) else { return answer }
                answer.cut = cuts.withLock { $0.popLast() }
                return answer
            }
            #expect(try pull(server, into: folder).isNew)
            let starts = server.requests.filter { $0.path.hasSuffix(first.description) }.map(\.rangeStart)
            #expect(starts == [0, 1, 50_001, 150_001])
            #expect(try store(folder).blobs.read(first) == repository.blobs[first])
            try expectClean(folder)
        }
    }

    @Test func `are gone on with by the next pull`() throws {
        try withTemporaryFolder { folder in
            let first = repository.layers[0].digest
            let repository = repository
            let isBroken = Atomic(true)
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                guard request.path.hasSuffix(first.description), isBroken.load(ordering: .relaxed) else {
                    return answer
                }
                answer.cut = request.rangeStart == 0 ? 123_456 : 0
                return answer
            }
            let error = #expect(throws: RegistryError.self) { try pull(server, into: folder) }
            #expect(error?.kind == .interrupted)
            try expectClean(folder, downloads: 1)
            #expect(try store(folder).list() == [])
            isBroken.store(false, ordering: .relaxed)
            #expect(try pull(server, into: folder).isNew)
            #expect(server.requests.last { $0.path.hasSuffix(first.description) }?.rangeStart == 123_456)
            try expectClean(folder)
        }
    }

    @Test func `begin anew where what was there is the beginning of something else`() throws {
        try withTemporaryFolder { folder in
            let first = repository.layers[0].digest
            let repository = repository
            let server = try ScriptedServer { repository.answer($0) }
            let downloads = folder.appending("images/downloads")
            try Folder.makeAll(downloads)
            let part = downloads.appending("sha256-\(first.hex)")
            try WholeFile.replace(part, with: noise(1000, seed: 9), isDurable: false)
            #expect(try pull(server, into: folder).isNew)
            #expect(server.requests.filter { $0.path.hasSuffix(first.description) }.map(\.rangeStart) == [1000, 0])
            try expectClean(folder)
        }
    }

    @Test func `take all of a blob from a server that knows no ranges`() throws {
        try withTemporaryFolder { folder in
            let first = repository.layers[0].digest
            let repository = repository
            let isFirst = Atomic(true)
            let server = try ScriptedServer { request in
                var honest = request
                honest.headers["range"] = nil
                var answer = repository.answer(honest)
                let isCut = request.path.hasSuffix(first.description) && isFirst.exchange(false, ordering: .relaxed)
                if isCut { answer.cut = 70_000 }
                return answer
            }
            #expect(try pull(server, into: folder).isNew)
            #expect(try store(folder).blobs.read(first) == repository.blobs[first])
        }
    }

    @Test func `wait as long as a busy registry says, and try again after errors of the server`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let statuses = Mutex([500, 503, 429, 502, 429])
            let server = try ScriptedServer { request in
                guard let status = statuses.withLock({ $0.popLast() }) else { return repository.answer(request) }
                return .init(status: status, headers: status == 429 ? [("Retry-After", "0")] : [])
            }
            // Five are too many for one request.
            let error = #expect(throws: RegistryError.self) { try pull(server, into: folder) }
            #expect(error?.kind == .busy(retryAfter: nil))
            #expect(error?.description == "pull \(server.host)/test/image:1: \(server.host): status 500")
            #expect(server.requests.count == 5)
            #expect(try pull(server, into: folder).isNew)
        }
    }

    @Test func `refuse contents that are not what they are called`() throws {
        let (layer, other) = (repository.layers[0], noise(Int(repository.layers[0].size), seed: 7))
        try expectRefusal(.wrongDigest(expected: layer.digest, actual: Digest(sha256: SHA256.sum(other)))) { answer in
            answer.body = other
        }
    }

    @Test func `refuse contents that are shorter or longer than the manifest says`() throws {
        let size = repository.layers[0].size
        try expectRefusal(.wrongSize(expected: size, actual: size - 5)) { $0.body.removeLast(5) }
        try expectRefusal(.wrongSize(expected: size, actual: size + 1)) { $0.body.append(0) }
        // Nothing is said beforehand: only the end shows it.
        try expectRefusal(.wrongSize(expected: size, actual: size - 5)) { answer in
            answer.body.removeLast(5)
            answer.claimedLength = -1
        }
    }

    private func expectRefusal(
        _ expected: StorageError,
        _ change: @escaping @Sendable (inout ScriptedServer.Answer) -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                if request.path.hasSuffix(repository.layers[0].digest.description) { change(&answer) }
                return answer
            }
            let error = #expect(throws: StorageError.self) { try pull(server, into: folder) }
            if case .wrongSize(let size, _)? = error, case .wrongSize = expected {
                #expect(size == repository.layers[0].size)
            } else {
                #expect(error == expected)
            }
            #expect(try store(folder).list() == [])
            #expect(!store(folder).blobs.contains(repository.layers[0].digest))
            try expectClean(folder)
        }
    }

    @Test func `refuse a manifest that is not the one asked for`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                if request.path.contains("/manifests/") { answer.body.append(UInt8(ascii: " ")) }
                return answer
            }
            let reference = try ImageReference(parsing: "\(server.host)/test/image@\(repository.digest)")
            #expect(throws: StorageError.self) { try store(folder).pull(reference, access: .plain()) }
        }
    }

    @Test func `end at headers that never end, and at answers that are too long`() throws {
        try withTemporaryFolder { folder in
            let headers = (0..<5000).map { ("X-Header-\($0)", String(repeating: "x", count: 100)) }
            let endless = try ScriptedServer { _ in .init(headers: headers) }
            #expect(throws: RegistryError.self) { try pull(endless, into: folder) }
            let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
            let long = try ScriptedServer { _ in .init(pieces: (10, piece)) }
            let error = #expect(throws: RegistryError.self) { try pull(long, into: folder) }
            #expect(error?.reason == "an answer of more than 4194304 bytes")
        }
    }

    @Test func `unpack a layer while it comes, and need little memory for it`() throws {
        try withTemporaryFolder { folder in
            // Zeros: little on the way, a quarter of a gigabyte in the end.
            let large = try FakeRepository([[UInt8](repeating: 0, count: 256 << 20)], format: .gzip)
            let server = try ScriptedServer { large.answer($0) }
            // Forgets the peak that making the layer needed. proc(5)
            try WholeFile.write("5", to: "/proc/self/clear_refs")
            let before = try Self.memory("VmRSS:")
            #expect(try pull(server, into: folder).isNew)
            #expect(try Self.memory("VmHWM:") - before < 32 << 20)
        }
    }

    /// What this process has, or the most that it had, in bytes.
    private static func memory(_ name: String) throws -> Int {
        let status = String(decoding: try WholeFile.read("/proc/self/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }

    @Test func `of one image by several at once fetch each layer once`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let server = try ScriptedServer { repository.answer($0) }
            let results = try Parallel.map([1, 2, 3, 4], width: 4) { _ in Result { try pull(server, into: folder) } }
            for result in results { #expect(try result.get().digest == repository.digest) }
            for layer in repository.layers {
                #expect(server.requests.filter { $0.path.hasSuffix(layer.digest.description) }.count == 1)
            }
            try expectClean(folder)
        }
    }

    @Test func `of very many layers end well`() throws {
        try withTemporaryFolder { folder in
            let many = try FakeRepository((0..<200).map { Array("\($0)".utf8) }, format: .zstd)
            let server = try ScriptedServer { many.answer($0) }
            #expect(try pull(server, into: folder).isNew)
            #expect(try store(folder).list().map(\.layers.count) == [200])
        }
    }

    @Test func `follow redirects elsewhere without the right to the registry`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let elsewhere = try ScriptedServer { repository.answer($0) }
            let server = try ScriptedServer { request in
                guard request.headers["authorization"] == "Basic dXNlcjpzZWNyZXQ=" else {
                    return .init(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"here\"")])
                }
                guard request.path.contains("/blobs/") else { return repository.answer(request) }
                return .init(status: 307, headers: [("Location", "http://\(elsewhere.host)\(request.target)")])
            }
            let file = folder.appending("config.json")
            let text = #"{"auths":{"\#(server.host)":{"auth":"dXNlcjpzZWNyZXQ="}}}"#
            try WholeFile.replace(file, with: Array(text.utf8), isDurable: false)
            let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
            let access = try RegistryAccess.plain(credentials: Credentials(file: file))
            #expect(try store(folder).pull(reference, access: access).isNew)
            #expect(elsewhere.requests.count == 3)
            #expect(elsewhere.requests.allSatisfy { $0.headers["authorization"] == nil })
        }
    }

    @Test func `give up a registry that stands still, and go on there the next time`() throws {
        try withTemporaryFolder { folder in
            let first = repository.layers[0].digest
            let repository = repository
            let isStuck = Atomic(true)
            let (silence, release) = try FileDescriptor.closeOnExecPipe()
            let server = try ScriptedServer { request in
                var answer = repository.answer(request)
                guard request.path.hasSuffix(first.description), isStuck.load(ordering: .relaxed) else {
                    return answer
                }
                // An eighth goes, and then nothing, until the test is over.
                answer.pieceSent = { _ in
                    var byte: [UInt8] = [0]
                    _ = try? silence.readAvailable(into: &byte)
                }
                return answer
            }
            let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
            let access = try RegistryAccess.plain(attempts: 1, stallTimeout: 1)
            let error = #expect(throws: RegistryError.self) { try store(folder).pull(reference, access: access) }
            #expect(error?.kind == .interrupted)
            isStuck.store(false, ordering: .relaxed)
            try release.close()
            #expect(try pull(server, into: folder).isNew)
            #expect(server.requests.last { $0.path.hasSuffix(first.description) }?.rangeStart ?? 0 > 0)
        }
    }

    @Test(arguments: ["/v2/again", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", ""])
    func `end at redirects that lead nowhere`(location: String) throws {
        try withTemporaryFolder { folder in
            let server = try ScriptedServer { _ in .init(status: 302, headers: [("Location", location)]) }
            let error = #expect(throws: RegistryError.self) { try pull(server, into: folder) }
            #expect(error?.reason == "a redirect that leads nowhere")
        }
    }
}
