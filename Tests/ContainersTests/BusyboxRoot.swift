import Containers
import Glibc
import Linux
import Storage
import SystemPackage
import TestSupport

/// A root of a test's own with one layer: the machine's static busybox.
struct BusyboxRoot {
    let store: ContainerStore
    let layer: FilePath

    init(in folder: FilePath) throws {
        store = ContainerStore(root: StateRoot(under: folder))
        layer = folder.appending("layer")
        for name in ["", "bin", "etc", "tmp"] { try Folder.makeAll(layer.appending(name), mode: 0o755) }
        try copy("/bin/busybox", to: layer.appending("bin/busybox"))
        for name in ["sh", "cat", "sleep", "id", "true", "ls", "hostname", "stty", "kill", "seq", "grep", "mount"] {
            symlink("busybox", layer.appending("bin").appending(name).string)
        }
        let passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv:/bin/sh\n"
        try WholeFile.replace(layer.appending("etc/passwd"), with: Array(passwd.utf8), isDurable: false, mode: 0o644)
        let group = "root:x:0:\nweb:x:34:\nextra:x:50:web\n"
        try WholeFile.replace(layer.appending("etc/group"), with: Array(group.utf8), isDurable: false, mode: 0o644)
    }

    /// A container of that command, created and not started.
    func create(
        _ command: [String],
        name: String = "box",
        _ change: (inout ContainerConfiguration) -> Void = { _ in }
    ) throws -> Container {
        let id = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        var configuration = ContainerConfiguration(
            id: id,
            name: name,
            image: "busybox",
            imageID: "sha256:" + id,
            layers: [],
            createdAt: WallClock.now,
            process: ProcessConfiguration(arguments: command, environment: []),
            hostname: String(id.prefix(12))
        )
        change(&configuration)
        return try store.create(configuration)
    }

    /// The host's own network: these tests are not about networks.
    static let network = NetworkPreparation(
        namespace: nil,
        hosts: "127.0.0.1 localhost\n",
        resolverConfiguration: ""
    )

    @discardableResult
    func start(_ container: Container, isAttached: Bool = false) throws -> Attachment? {
        try container.start(layers: [layer], network: Self.network, isAttached: isAttached)
    }

    /// Runs a command to its end and gives what it wrote.
    func run(
        _ command: [String],
        _ change: (inout ContainerConfiguration) -> Void = { _ in }
    ) throws -> (output: String, code: Int32) {
        let container = try create(command, change)
        let attachment = try start(container, isAttached: true)
        defer {
            attachment?.close()
            _ = try? container.killAndWait()
            try? container.remove()
        }
        var output: [UInt8] = []
        while let event = try attachment?.next() {
            switch event {
            case .output(let bytes), .errorOutput(let bytes): output += bytes
            case .exited(let code): return (String(decoding: output, as: UTF8.self), code)
            case .lost: return (String(decoding: output, as: UTF8.self), -1)
            }
        }
        return (String(decoding: output, as: UTF8.self), -1)
    }

    private func copy(_ source: FilePath, to target: FilePath) throws {
        let from = open(source.string, O_RDONLY)
        let to = open(target.string, O_WRONLY | O_CREAT, 0o755)
        defer {
            close(from)
            close(to)
        }
        while sendfile(to, from, nil, 1 << 20) > 0 {}
    }
}

/// Gives the body a root, and leaves no container of it behind.
func withBusybox(_ body: (BusyboxRoot) throws -> Void) throws {
    try withTemporaryFolder { folder in
        let root = try BusyboxRoot(in: folder)
        defer {
            for container in (try? root.store.all()) ?? [] {
                _ = try? container.killAndWait()
                try? container.remove()
            }
        }
        try body(root)
    }
}
