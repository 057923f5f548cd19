import Dockerfile
import Linux
import OCI
import Synchronization
import SystemPackage

/// The folders of the host that a build reads, each opened and its ignore file read once.
final class ContextTrees: Sendable {
    private let request: BuildRequest
    private let dockerfile: DockerfileText
    private let cache: BuildCache
    private let open = Mutex(Open())

    private struct Open {
        var sources: [FilePath: CopySource] = [:]
        var memories: [ContentMemory] = []
    }

    init(request: BuildRequest, dockerfile: DockerfileText, cache: BuildCache) {
        self.request = request
        self.dockerfile = dockerfile
        self.cache = cache
    }

    /// The build context.
    func main() throws -> CopySource {
        guard !request.isFetched else { return try source(request.context, ignoreFiles: [], isFetched: true) }
        return try source(
            request.context,
            ignoreFiles: [dockerfile.ignoreFile, request.context.appending(".dockerignore")]
        )
    }

    /// A named context that is a folder.
    func named(_ name: String) throws -> CopySource {
        switch request.namedContexts[name] {
        case .folder(let path): return try source(path, ignoreFiles: [path.appending(".dockerignore")])
        case .fetched(let path): return try source(path, ignoreFiles: [], isFetched: true)
        default: throw BuilderError(.missingImage(name))
        }
    }

    func save() {
        for memory in open.withLock(\.memories) { memory.save() }
    }

    private func source(
        _ path: FilePath,
        ignoreFiles: [FilePath?],
        isFetched: Bool = false
    ) throws -> CopySource {
        try open.withLock { open in
            if let known = open.sources[path] { return known }
            guard try FileStatus.of(path)?.kind != nil, (try? OpenFolder(opening: path)) != nil else {
                throw BuilderError(.missingContext(path))
            }
            // What was fetched lies elsewhere each time.
            let memory = ContentMemory(isFetched ? nil : cache.memory(ofContext: path))
            let tree = try ContextTree(path, memory: memory)
            let source = CopySource(
                tree: tree,
                ignored: try Self.patterns(ignoreFiles.compactMap(\.self)),
                identity: nil,
                folder: path
            )
            open.sources[path] = source
            open.memories.append(memory)
            return source
        }
    }

    /// The patterns of the first file that exists.
    private static func patterns(_ files: [FilePath]) throws -> IgnorePatterns {
        for file in files where try FileStatus.of(file) != nil {
            let name = file.lastComponent?.string ?? ".dockerignore"
            return try IgnorePatterns(parsing: try WholeFile.read(file, limit: DockerfileLimits.file), file: name)
        }
        return .none
    }
}

/// A Dockerfile, found and parsed.
struct DockerfileText: Sendable {
    let document: DockerfileDocument
    /// The ignore file that belongs to it alone; it may not exist.
    let ignoreFile: FilePath?

    /// Finds the Dockerfile of a request.
    init(_ request: BuildRequest) throws {
        guard (try? OpenFolder(opening: request.context)) != nil else {
            throw BuilderError(.missingContext(request.context))
        }
        switch request.dockerfile {
        case .text(let text):
            document = try DockerfileDocument(parsing: Array(text.utf8), file: "Dockerfile")
            ignoreFile = nil
        case .web(let url): throw BuilderError(.badURL(url.withoutCredentials))
        case .file(let path) where request.isFetched: self = try Self(path, in: request.context)
        case nil where request.isFetched:
            let root = try OpenFolder(opening: request.context)
            let small = try root.status(inRoot: Array("dockerfile".utf8), followsLast: true) != nil
            let usual = try root.status(inRoot: Array("Dockerfile".utf8), followsLast: true) != nil
            self = try Self(small && !usual ? "dockerfile" : "Dockerfile", in: request.context)
        case .file(let path):
            self = try Self(at: request.context.pushing(path), named: path.string)
        case nil:
            let plain = request.context.appending("Dockerfile")
            let isThere = try FileStatus.of(plain) != nil
            let name = isThere ? "Dockerfile" : "dockerfile"
            let path = request.context.appending(name)
            guard try isThere || FileStatus.of(path) != nil else { throw BuilderError(.missingDockerfile(plain)) }
            self = try Self(at: path, named: name)
        }
    }

    /// A file of a tree that came from elsewhere: its links lead to nothing but what is in the tree.
    private init(_ path: FilePath, in context: FilePath) throws {
        let file: OwnedDescriptor
        do throws(SystemError) {
            file = try OpenFolder(opening: context).file(inRoot: Array(path.string.utf8))
        } catch {
            guard [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) else { throw error }
            throw BuilderError(.missingDockerfile(path))
        }
        var bytes: [UInt8] = []
        while bytes.count <= DockerfileLimits.file {
            let piece = try file.read(1 << 16)
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        document = try DockerfileDocument(parsing: bytes, file: path.string)
        ignoreFile = nil
    }

    private init(at path: FilePath, named name: String) throws {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try WholeFile.read(path, limit: DockerfileLimits.file)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw BuilderError(.missingDockerfile(path))
        }
        document = try DockerfileDocument(parsing: bytes, file: name)
        ignoreFile = FilePath(path.string + ".dockerignore")
    }
}

extension GlobalVariables {
    /// What variables mean in a build.
    init(_ document: DockerfileDocument, of request: BuildRequest, for target: Platform) throws {
        let platform = PlatformArguments.values(
            target: target,
            stage: request.target ?? document.stages.last?.from.name
        )
        try self.init(document, given: request.arguments, platform: platform)
    }
}

extension BuildRequest {
    /// What is built for, each once.
    var targets: [Platform] {
        get throws {
            var seen: Set<Platform> = []
            let all = try platforms.map { try $0 == "local" ? Platform.host : Platform(parsing: $0) }
            return all.isEmpty ? [.host] : all.filter { seen.insert($0).inserted }
        }
    }

    /// Whether the result is a list of platforms, even if of one alone.
    var isForSeveral: Bool {
        get throws {
            let areSeveral = try targets.count > 1
            guard let text = arguments["BUILDKIT_MULTI_PLATFORM"], !text.isEmpty else { return areSeveral }
            guard let isList = Bool(flag: text) else {
                throw BuilderError(.other("invalid boolean value for multi-platform: \(text)"))
            }
            guard isList || !areSeveral else {
                throw BuilderError(.other("conflicting config: returning multiple target platforms is not allowed"))
            }
            return isList
        }
    }

    /// Whether every step of a stage is carried out anew.
    func ignoresCache(of stage: Stage) -> Bool {
        ignoresCache || stage.from.name.map { name in stagesWithoutCache.contains { $0.lowercased() == name } } ?? false
    }
}

/// `TARGETPLATFORM` and the like.
enum PlatformArguments {
    static func values(target: Platform, stage: String?) -> [String: String] {
        let build = Platform.host
        return [
            "TARGETPLATFORM": "\(target)", "TARGETOS": target.os, "TARGETARCH": target.architecture,
            "TARGETVARIANT": target.variant ?? "", "TARGETOSVERSION": target.osVersion ?? "",
            "BUILDPLATFORM": "\(build)", "BUILDOS": build.os, "BUILDARCH": build.architecture,
            "BUILDVARIANT": build.variant ?? "", "BUILDOSVERSION": "", "TARGETSTAGE": stage ?? "default",
        ]
    }
}
