import Compression
import Glibc
import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only where Debian's `docker-registry` and `skopeo` are installed.
    static var requiresRegistry: Self {
        .enabled("needs Debian's docker-registry and skopeo") {
            access("/usr/bin/docker-registry", X_OK) == 0 && access("/usr/bin/skopeo", X_OK) == 0
        }
    }
}

/// A registry of a test's own on loopback, gone with the value.
private final class LoopbackRegistry {
    let port: Int
    private var process: pid_t = 0

    init(in folder: FilePath) throws {
        port = Int.random(in: 20_000..<30_000)
        let configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(folder)/registry}}
            http: {addr: "127.0.0.1:\(port)"}
            """
        let file = folder.appending("registry.yaml")
        try WholeFile.replace(file, with: Array(configuration.utf8), isDurable: false)
        process = try spawn(["/usr/bin/docker-registry", "serve", file.string])
        try #require(awaitPort(), "the registry does not answer")
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Connects until somebody listens; each refusal is answered at once, so a pause keeps it from being a busy loop.
    private func awaitPort() -> Bool {
        for _ in 0..<200 {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result == 0 { return true }
            poll(nil, 0, 50)
        }
        return false
    }
}

/// Starts a program with its output thrown away.
private func spawn(_ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let code = posix_spawn(&process, arguments[0], &actions, nil, &pointers, environ)
    guard code == 0 else { throw Errno(rawValue: code) }
    return process
}

/// Runs a program to its end and says whether it succeeded.
private func run(_ arguments: [String]) throws -> Bool {
    let process = try spawn(arguments)
    var status: Int32 = -1
    waitpid(process, &status, 0)
    return status == 0
}

/// An image of two layers, one file each.
func commitPair(to store: ImageStore, as name: String) throws -> Digest {
    var configuration = ImageConfiguration()
    configuration.config.cmd = ["/one"]
    for text in ["one", "two"] {
        let draft = try store.layers.makeDraft()
        try WholeFile.replace(draft.contents.appending(text), with: Array(text.utf8), isDurable: false)
        configuration.rootfs.diffIDs.append(try store.layers.commit(draft).diffID)
        configuration.history.append(.init(createdBy: "COPY \(text) /"))
    }
    return try store.commit(configuration, as: [ImageReference(parsing: name)])
}

@Suite struct Pulls {
    @Test(.requiresRegistry) func `bring an image from a registry, and read what others pushed`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let source = ImageStore(root: StateRoot(under: folder.appending("source")))
            let id = try commitPair(to: source, as: "pair:1")
            let archive = folder.appending("pair.tar")
            do {
                let file = try OwnedDescriptor.writing(archive)
                try source.save(["pair:1"]) { try file.write($0) }
            }
            let place = "127.0.0.1:\(registry.port)/test/pair:1"
            let pushed = try run([
                "/usr/bin/skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false",
                "docker-archive:\(archive)", "docker://\(place)",
            ])
            #expect(pushed)

            let store = ImageStore(root: StateRoot(under: folder.appending("target")))
            let reference = try ImageReference(parsing: place)
            let pulled = try store.pull(reference, credentials: .anonymous)
            #expect(pulled.isNew)
            let image = try #require(try store.find(place))
            #expect(image.configuration.config.cmd == ["/one"])
            #expect(image.layers == (try source.find(id.description)?.layers))
            #expect(image.repositoryDigests.map(\.digest) == [pulled.digest])
            let two = try store.layers.contents(of: image.layers[1]).appending("two")
            #expect(try WholeFile.read(two) == Array("two".utf8))
            #expect(try store.pull(reference, credentials: .anonymous).isNew == false)

            let layout = "oci:\(folder.appending("target/images")):1"
            #expect(try run(["/usr/bin/skopeo", "inspect", layout]))
            let error = #expect(throws: RegistryError.self) {
                try store.pull(reference.tagged("2"), credentials: .anonymous)
            }
            #expect(error?.reason == "manifest unknown")
        }
    }

    @Test func `say which host cannot be reached`() throws {
        try withTemporaryFolder { folder in
            let store = ImageStore(root: StateRoot(under: folder))
            let reference = try ImageReference(parsing: "127.0.0.1:1/a/b")
            let error = #expect(throws: RegistryError.self) { try store.pull(reference, credentials: .anonymous) }
            #expect(error?.description == "pull 127.0.0.1:1/a/b:latest: 127.0.0.1:1: could not connect")
            let unknown = try ImageReference(parsing: "registry.invalid/a")
            let other = #expect(throws: RegistryError.self) { try store.pull(unknown, credentials: .anonymous) }
            #expect(other?.description == "pull registry.invalid/a:latest: registry.invalid: could not resolve host")
        }
    }
}
