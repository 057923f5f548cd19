import ComposeSpec
import Containers
import Glibc
import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import Orchestrator

@Suite(.tags(.root), .requiresRoot, .serialized, .timeLimit(.minutes(2))) struct LocalEngineTests {
    private let shop = project(
        service("web", after: ["db": .init(.healthy)], on: ["front"]) { $0.command = ["sleep", "1000"] },
        service("db", on: ["front"]) {
            $0.command = ["sleep", "1000"]
            $0.healthCheck = .init()
            $0.healthCheck?.test = ["CMD", "true"]
            $0.healthCheck?.interval = 20_000_000
            $0.mounts = [.init(.volume(key: "data", copiesUp: true, subpath: nil, labels: [:]), target: "/data")]
        }
    ) { $0.volumes = [volume("data")] }

    @Test func `brings a project up, changes nothing the second time, and takes it down without a trace`() async throws
    {
        try await withEngine { engine in
            let conductor = Conductor(engine: engine) { _ in }
            try await conductor.up(shop)
            let observed = try engine.observe(shop)
            #expect(observed.containers.map(\.status) == [.running, .running])
            #expect(try Plan(up: shop, observed: observed).isEmpty)
            let data = try engine.volumes.find("shop_data").mountpoint
            #expect(try Folder.names(in: data) == ["seed"])
            try await engine.takeDown(shop)
            #expect(try engine.leftovers() == [])
        }
    }

    @Test func `replaces a container that changed and keeps its anonymous volume`() async throws {
        try await withEngine { engine in
            let conductor = Conductor(engine: engine) { _ in }
            var project = project(service("web") { $0.command = ["sleep", "1000"] })
            project.services[0].mounts = [
                .init(.volume(key: nil, copiesUp: true, subpath: nil, labels: [:]), target: "/data")
            ]
            project.services[0].stopGracePeriod = 0
            try await conductor.up(project)
            let old = try #require(try engine.observe(project).containers.first)
            project.services[0].configurationHash = "another"
            try await conductor.up(project)
            let new = try engine.observe(project).containers
            #expect(new.map(\.name) == ["shop-web-1"])
            #expect(new.map(\.status) == [.running])
            #expect(new.first?.id != old.id)
            #expect(new.first?.volumes == old.volumes)
            try await engine.takeDown(project)
            #expect(try engine.leftovers() == [])
        }
    }

    @Test func `does not start what depends on something that is not healthy, and says so`() async throws {
        try await withEngine { engine in
            var shop = shop
            shop.services[1].healthCheck?.test = ["CMD", "false"]
            shop.services[1].healthCheck?.retries = 1
            let failure = await #expect(throws: StepFailure.self) {
                try await Conductor(engine: engine) { _ in }.up(shop)
            }
            #expect(
                failure?.description
                    == "dependency failed to start: container shop-db-1 is unhealthy: its probe exited with 1"
            )
            let states = try engine.observe(shop).containers.map { [$0.name: $0.status] }
            #expect(states.contains(["shop-web-1": .created]))
            #expect(states.contains(["shop-db-1": .running]))
            try await engine.takeDown(shop)
        }
    }

    @Test func `waits for jobs and tells of those that fail`() async throws {
        try await withEngine { engine in
            let conductor = Conductor(engine: engine) { _ in }
            func jobs(_ command: String) -> Project {
                project(
                    service("web", after: ["job": .init(.completedSuccessfully)]) { $0.command = ["true"] },
                    service("job") {
                        $0.command = ["sh", "-c", command]
                        $0.configurationHash = command
                    }
                )
            }
            let failure = await #expect(throws: StepFailure.self) { try await conductor.up(jobs("exit 3")) }
            #expect(failure?.description == "service \"job\" didn't complete successfully: exit 3")
            try await conductor.up(jobs("exit 0"))
            try await engine.takeDown(jobs("exit 0"))
            #expect(try engine.leftovers() == [])
        }
    }

    @Test func `knows what became of a container whose monitor was killed, and starts it again`() async throws {
        try await withEngine { engine in
            let project = project(service("web", on: ["front"]) { $0.command = ["sleep", "1000"] })
            let conductor = Conductor(engine: engine) { _ in }
            try await conductor.up(project)
            let container = try #require(try engine.containers.all().first)
            let process = try #require(try container.status.state?.pid)
            let monitor = try parent(of: process)
            kill(monitor, SIGKILL)
            try awaitEnd(of: process)
            #expect(try engine.observe(project).containers.map(\.status) == [.exited(code: 255)])
            #expect(!Folder.hasEntry(engine.root.networkNamespace(container.id)))
            try await conductor.up(project)
            #expect(try engine.observe(project).containers.map(\.status) == [.running])
            try await engine.takeDown(project)
            #expect(try engine.leftovers() == [])
        }
    }

    @Test func `makes a container for one command and takes it away with its volumes`() async throws {
        try await withEngine { engine in
            var options = RunOptions(service: "web")
            options.command = ["sh", "-c", "echo out; exit 4"]
            options.removesItself = true
            options.mounts = [MountRequest(.volume(name: nil, subpath: nil, copiesUp: true), target: "/cache")]
            let project = project(service("web", on: ["front"]))
            let run = try await Conductor(engine: engine) { _ in }.prepare(project, options: options)
            let attachment = try #require(try engine.start(run.container.id, isAttached: true))
            var output: [UInt8] = []
            var code: Int32?
            while code == nil, let event = try attachment.next() {
                switch event {
                case .output(let bytes), .errorOutput(let bytes): output += bytes
                case .exited(let status): code = status
                case .lost: code = -1
                }
            }
            attachment.close()
            #expect(String(decoding: output, as: UTF8.self) == "out\n")
            #expect(code == 4)
            try await engine.takeDown(project)
            #expect(try engine.containers.all().map(\.name) == [])
            #expect(try engine.volumes.all().map(\.name) == [])
        }
    }

    @Test func `keeps volumes and images that are in use`() async throws {
        try await withEngine { engine in
            let conductor = Conductor(engine: engine) { _ in }
            let db = project(shop.services[1]) { $0.volumes = [volume("data")] }
            try await conductor.up(db)
            let id = try #require(try engine.containers.all().first?.id)
            #expect(throws: VolumeError.inUse(name: "shop_data", containers: [id])) {
                try engine.removeVolume("shop_data")
            }
            #expect(throws: ImageError.self) { try engine.removeImage("db") }
            #expect(try engine.danglingVolumes().map(\.name) == [])
            try await engine.takeDown(db)
            #expect(try engine.removeImage("db").isEmpty == false)
        }
    }

    @Test func `builds the images that a project says how to build, and replaces what ran the old ones`() async throws {
        try await withEngine { engine in
            let context = engine.root.data.appending("context")
            try Folder.makeAll(context)
            func write(_ text: String) throws {
                let dockerfile = "FROM web\nENV NOTE=\(text)\nCMD [\"sleep\", \"1000\"]\n"
                try WholeFile.replace(context.appending("Dockerfile"), with: Array(dockerfile.utf8), isDurable: false)
            }
            let project = project(
                service("api") {
                    $0.image = nil
                    $0.build = .init(context: context.string)
                    $0.stopGracePeriod = 0
                }
            )
            let conductor = Conductor(engine: engine) { _ in }
            try write("one")
            try await conductor.up(project)
            let first = try #require(try engine.containers.all().first)
            #expect(first.configuration.process.environment.contains("NOTE=one"))
            var options = UpOptions()
            options.building = .always
            try await conductor.up(project, options: options)
            #expect(try engine.containers.all().map(\.id) == [first.id])
            try write("two")
            try await conductor.up(project, options: options)
            let second = try #require(try engine.containers.all().first)
            #expect(second.id != first.id)
            #expect(second.configuration.process.environment.contains("NOTE=two"))
            try await engine.takeDown(project)
        }
    }
}

// MARK: The stage

/// An engine on a root of its own, with images `web`, `db`, `api` and `job` of the machine's busybox.
private func withEngine(_ body: (LocalEngine) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let engine = LocalEngine(root: StateRoot(under: folder))
        defer { try? engine.networks.removeAll() }
        let draft = try engine.images.layers.makeDraft()
        for name in ["bin", "data", "etc", "tmp"] { try Folder.makeAll(draft.contents.appending(name), mode: 0o755) }
        try copyBusybox(to: draft.contents.appending("bin/busybox"))
        for name in ["sh", "sleep", "true", "false"] {
            symlink("busybox", draft.contents.appending("bin").appending(name).string)
        }
        try WholeFile.replace(draft.contents.appending("data/seed"), with: [], isDurable: false)
        let layer = try engine.images.layers.commit(draft)
        var configuration = ImageConfiguration()
        configuration.rootfs.diffIDs = [layer.diffID]
        configuration.config.env = ["PATH=/bin"]
        for name in ["web", "db", "api", "job"] {
            configuration.config.labels = ["name": name]
            _ = try engine.images.commit(configuration, as: [ImageReference(parsing: name)])
        }
        try await body(engine)
    }
}

private func copyBusybox(to path: FilePath) throws {
    let bytes = try WholeFile.read("/bin/busybox", limit: 16 << 20)
    try WholeFile.replace(path, with: bytes, isDurable: false, mode: 0o755)
}

extension LocalEngine {
    fileprivate func takeDown(_ project: Project) async throws {
        var options = DownOptions()
        options.removesVolumes = true
        options.removesOrphans = true
        options.timeout = 0
        try await Conductor(engine: self) { _ in }.run(project.name, project) { [options] observed in
            try Plan(down: observed, project: project, options: options)
        }
    }

    /// What a project that was taken down must not leave behind.
    fileprivate func leftovers() throws -> [String] {
        let containers = try containers.all().map(\.name)
        let volumes = try volumes.all().map(\.name)
        let networks = try networks.list().filter { !$0.isPredefined }.map(\.name)
        let namespaces = try Folder.names(in: root.networkNamespaces)
        let runs = try Folder.names(in: root.runningContainers)
        return containers + volumes + networks + namespaces + runs
    }
}

private func parent(of process: Int32) throws -> Int32 {
    let status = String(decoding: try WholeFile.read(FilePath("/proc/\(process)/status")), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
    return line.flatMap { Int32($0.dropFirst(5).trimmingPrefix { $0 == "\t" }) } ?? 0
}

/// Waits on the process itself until it has ended.
private func awaitEnd(of process: Int32) throws {
    let descriptor = try ProcessDescriptor.open(process)
    defer { try? descriptor.close() }
    var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    poll(&wait, 1, 10_000)
}
