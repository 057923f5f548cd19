import ComposeSpec
import Containers
import Supervision
import Testing

@testable import Orchestrator

@Suite struct ContainerRequestTests {
    private let id = String(repeating: "0123456789abcdef", count: 4)
    private let image: ImageFacts = {
        var image = ImageFacts(id: "sha256:1")
        image.entrypoint = ["/entry"]
        image.command = ["serve", "--all"]
        image.environment = ["PATH=/bin", "MODE=image", "KEEP=1"]
        image.workingDirectory = "/srv"
        image.user = "app"
        image.exposedPorts = ["80/tcp", "53/udp"]
        image.volumes = ["/data", "/cache/"]
        image.stopSignal = "SIGQUIT"
        return image
    }()

    private func settle(_ image: ImageFacts? = nil, change: (inout ContainerRequest) -> Void = { _ in }) throws
        -> ContainerConfiguration
    {
        var request = ContainerRequest(id: id, name: "web", image: "web:1")
        change(&request)
        return try ContainerConfiguration(request, image: image ?? self.image, createdAt: 7)
    }

    @Test func `takes from the image what the request leaves open`() throws {
        let configuration = try settle()
        #expect(configuration.process.arguments == ["/entry", "serve", "--all"])
        #expect(configuration.process.environment == ["PATH=/bin", "MODE=image", "KEEP=1"])
        #expect(configuration.process.workingDirectory == "/srv")
        #expect(configuration.process.user == "app")
        #expect(configuration.stopSignal == "SIGQUIT")
        #expect(configuration.stopTimeout == 10)
        #expect(configuration.hostname == "0123456789ab")
        #expect(configuration.imageID == "sha256:1")
        #expect(configuration.createdAt == 7)
    }

    @Test func `puts a command in the place of the image's`() throws {
        #expect(try settle { $0.command = ["once"] }.process.arguments == ["/entry", "once"])
        #expect(try settle { $0.command = [] }.process.arguments == ["/entry"])
    }

    @Test func `drops the image's command with its entrypoint`() throws {
        #expect(try settle { $0.entrypoint = ["/bin/sh"] }.process.arguments == ["/bin/sh"])
        #expect(
            try settle {
                $0.entrypoint = []
                $0.command = ["env"]
            }.process.arguments == ["env"]
        )
        #expect(throws: RequestError.noCommand(image: "web:1")) { try settle { $0.entrypoint = [] } }
    }

    @Test func `puts variables over the image's and takes those without a value away`() throws {
        let configuration = try settle {
            $0.environment = [.init("MODE", "mine"), .init("KEEP", nil), .init("NEW", ""), .init("NEW", "2")]
        }
        #expect(configuration.process.environment == ["PATH=/bin", "MODE=mine", "NEW=2"])
        #expect(throws: RequestError.invalidVariable("")) { try settle { $0.environment = [.init("", "x")] } }
    }

    @Test func `never takes our own labels from an image`() throws {
        var evil = image
        evil.labels = ["com.docker.compose.project": "victim", "com.docker.compose.service": "db", "note": "mine"]
        #expect(try settle(evil).labels == ["note": "mine"])
        let labels = try settle(evil) { $0.labels = ["com.docker.compose.project": "shop"] }.labels
        #expect(
            labels == [
                "com.docker.compose.project": "shop", "com.docker.compose.image": "sha256:1", "note": "mine",
            ]
        )
    }

    @Test func `inherits the parts of a probe that are not given`() throws {
        var probed = image
        probed.health = HealthRequest(test: ["CMD", "probe"])
        probed.health?.retries = 9
        #expect(try settle().health == nil)
        #expect(try settle(probed).health?.retries == 9)
        let mixed = try settle(probed) {
            $0.health = HealthRequest()
            $0.health?.interval = 5
        }
        #expect(mixed.health?.test == ["CMD", "probe"])
        #expect(mixed.health?.interval == 5)
        #expect(mixed.health?.timeout == 30_000_000_000)
        #expect(try settle(probed) { $0.health = HealthRequest(test: ["NONE"]) }.health == nil)
    }

    @Test func `publishes what is exposed when all is to be published`() throws {
        let configuration = try settle {
            var attachments = NetworkAttachments(endpoints: [EndpointRequest(network: "front")])
            attachments.ports = [PortMapping(containerPort: 80, hostPorts: 8080...8080)]
            attachments.exposed = ["9000/tcp"]
            $0.network = .networks(attachments)
            $0.publishesAllPorts = true
        }
        guard case .networks(let attachments) = configuration.network else {
            Issue.record("not on a network")
            return
        }
        #expect(attachments.exposed == ["53/udp", "80/tcp", "9000/tcp"])
        #expect(
            attachments.ports == [
                PortMapping(containerPort: 80, hostPorts: 8080...8080),
                PortMapping(transport: .udp, containerPort: 53),
                PortMapping(containerPort: 9000),
            ]
        )
    }

    @Test func `refuses what would write lines of its own`() {
        #expect(throws: RequestError.controlCharacter(key: "hostname", value: "a\nb")) {
            try settle { $0.hostname = "a\nb" }
        }
        #expect(throws: RequestError.restartOfOneThatRemovesItself) {
            try settle {
                $0.removesItself = true
                $0.restart = .always
            }
        }
    }

    @Test func `mounts the shallow before the deep and the image's volumes where nothing else is`() throws {
        var request = ContainerRequest(id: id, name: "web", image: "web:1")
        let bind = MountRequest.Source.bind(path: "/host", createsSource: true, propagation: nil, recursion: .enabled)
        request.mounts = [
            MountRequest(bind, target: "/data/deep/er"), MountRequest(.tmpfs(options: []), target: "/run/"),
            MountRequest(bind, target: "/data"),
        ]
        let inherited = [
            MountRequest(.volume(name: "other", subpath: nil, copiesUp: false), target: "/data"),
            MountRequest(.volume(name: "more", subpath: nil, copiesUp: false), target: "/more"),
        ]
        let mounts = try request.mounts(image: image, inherited: inherited)
        #expect(mounts.map(\.target) == ["/cache", "/data", "/more", "/run", "/data/deep/er"])
        #expect(mounts[0].source == .volume(name: nil, subpath: nil, copiesUp: true))
        #expect(mounts[1].source == bind)
    }

    @Test func `stays with the anonymous volumes that are carried over`() throws {
        var request = ContainerRequest(id: id, name: "web", image: "web:1")
        request.carriedVolumes = ["/cache": "c0ffee"]
        let mounts = try request.mounts(image: image, inherited: [])
        #expect(mounts[0].source == .volume(name: "c0ffee", subpath: nil, copiesUp: true))
        #expect(mounts[1].source == .volume(name: nil, subpath: nil, copiesUp: true))
    }

    @Test(arguments: ["relative", "/", "/..", "/proc", "/proc/self/attr", "/a/../proc/sys", ""])
    func `refuses a target that is none`(target: String) {
        var request = ContainerRequest(id: id, name: "web", image: "web:1")
        request.mounts = [MountRequest(.tmpfs(options: []), target: target)]
        #expect(throws: RequestError.invalidTarget(target)) { try request.mounts(image: image, inherited: []) }
    }

    @Test func `refuses an image that declares a volume over the kernel's trees, and two mounts at one place`() {
        var evil = image
        evil.volumes = ["/sys/fs/cgroup"]
        var request = ContainerRequest(id: id, name: "web", image: "web:1")
        #expect(throws: RequestError.invalidTarget("/sys/fs/cgroup")) { try request.mounts(image: evil, inherited: []) }
        let twice = MountRequest(.tmpfs(options: []), target: "/run")
        request.mounts = [twice, twice]
        #expect(throws: RequestError.duplicateMount("/run")) { try request.mounts(image: image, inherited: []) }
    }
}

@Suite struct ServiceTranslationTests {
    private func request(_ service: Service, change: (inout Project) -> Void = { _ in }) throws -> ContainerRequest? {
        let plan = try Plan(project(service, change: change), observed())
        return plan.request("shop-\(service.name)-1")
    }

    @Test func `labels a container so that everything can be told from it`() throws {
        let web = service("web") { $0.labels = ["team": "blue", "com.docker.compose.project": "other"] }
        #expect(
            try request(web)?.labels == [
                "team": "blue",
                "com.docker.compose.project": "shop",
                "com.docker.compose.service": "web",
                "com.docker.compose.version": "5.0.0",
                "com.docker.compose.project.working_dir": "/shop",
                "com.docker.compose.project.config_files": "/shop/compose.yaml",
                "com.docker.compose.config-hash": "hash of web",
                "com.docker.compose.depends_on": "",
                "com.docker.compose.oneoff": "False",
                "com.docker.compose.container-number": "1",
            ]
        )
    }

    @Test func `puts it on its networks by the names it is known by`() throws {
        let web = service("web", on: ["front", "back"]) {
            $0.networks[0].aliases = ["www"]
            $0.networks[0].ipv4 = "10.0.0.9"
            $0.ports = [.init(target: 80, published: 8080...8080, hostIP: "127.0.0.1")]
        }
        guard case .networks(let attachments)? = try request(web)?.network else {
            Issue.record("not on a network")
            return
        }
        #expect(attachments.endpoints.map(\.network) == ["shop_front", "shop_back"])
        #expect(attachments.endpoints.map(\.aliases) == [["www", "web"], ["web"]])
        #expect(attachments.endpoints[0].ipv4 == "10.0.0.9")
        #expect(
            attachments.ports == [
                PortMapping(containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 8080...8080)
            ]
        )
    }

    @Test func `brings secrets and configs as files that cannot be written`() throws {
        let web = service("web") {
            $0.secrets = [.init(source: "token"), .init(source: "key")]
            $0.secrets[1].target = "/etc/key"
            $0.configs = [.init(source: "site")]
            $0.configs[0].mode = 0o440
            $0.configs[0].uid = "33"
        }
        let mounts = try request(web) {
            $0.secrets = [
                .init(key: "token", name: "shop_token", origin: .content("s3cret")),
                .init(key: "key", name: "shop_key", origin: .file("/shop/key.pem")),
            ]
            $0.configs = [.init(key: "site", name: "shop_site", origin: .content("on"))]
        }?.mounts
        let file = MountRequest.Source.bind(
            path: "/shop/key.pem",
            createsSource: false,
            propagation: nil,
            recursion: .enabled
        )
        let site = MountRequest.Source.contents(bytes: Array("on".utf8), uid: 33, gid: 0, mode: 0o440)
        let token = MountRequest.Source.contents(bytes: Array("s3cret".utf8), uid: 0, gid: 0, mode: 0o444)
        #expect(
            mounts == [
                MountRequest(site, target: "/site", isReadOnly: true),
                MountRequest(token, target: "/run/secrets/token", isReadOnly: true),
                MountRequest(file, target: "/etc/key", isReadOnly: true),
            ]
        )
    }

    @Test func `translates limits, life and rights`() throws {
        let web = service("web") {
            $0.resources.memory = 64 << 20
            $0.resources.nanoCPUs = 500_000_000
            $0.restart = .onFailure(maximum: 3)
            $0.stopGracePeriod = 2_500_000_000
            $0.capabilitiesDropped = ["ALL"]
            $0.isReadOnly = true
            $0.tmpfs = ["/run:size=1m,mode=755"]
            $0.healthCheck = .init()
            $0.healthCheck?.isDisabled = true
            $0.hasInit = true
        }
        let request = try #require(try request(web))
        #expect(request.resources.memory == 64 << 20)
        #expect(request.resources.nanoCPUs == 500_000_000)
        #expect(request.restart == .onFailure(maximum: 3))
        #expect(request.stopTimeout == 2)
        #expect(request.security.capabilitiesDropped == ["ALL"])
        #expect(request.security.isRootReadOnly)
        #expect(request.mounts == [MountRequest(.tmpfs(options: ["size=1m", "mode=755"]), target: "/run")])
        #expect(request.health?.test == ["NONE"])
        #expect(request.hasInit)
    }

    @Test func `refuses what cannot be had here`() {
        let web = service("web") { $0.secrets = [.init(source: "token")] }
        #expect(
            throws: PlanError.unsupported(service: "web", key: "secrets", why: "unsupported external token")
        ) {
            try request(web) { $0.secrets = [.init(key: "token", name: "token", origin: .external)] }
        }
    }
}

@Suite struct RunPlanTests {
    private let shop = project(
        service("web", after: ["db": .init(.healthy)], on: ["front"]) {
            $0.ports = [.init(target: 80, published: 80...80)]
            $0.restart = .always
            $0.command = ["serve"]
        },
        service("db")
    )

    private func plan(_ observed: Observation, change: (inout RunOptions) -> Void = { _ in }) throws -> RunPlan {
        var options = RunOptions(service: "web")
        change(&options)
        return try RunPlan(shop, observed: observed, options: options, identifiers: counting())
    }

    @Test func `brings up what the service needs and leaves its replicas alone`() throws {
        #expect(
            try plan(observed()).plan.description == """
                [] -> #1 create network shop_front: not found
                [] -> #2 create container shop-db-1: not found
                [2] -> #3 start container shop-db-1: created
                [3] -> #4 await healthy container shop-db-1: web depends on it
                [1,4] -> #5 create container shop-web-run-new100000000: run
                """
        )
        let there = observed(container("web"), container("db") { $0.health = .healthy }, networks: ["front"])
        #expect(
            try plan(there).plan.description == """
                [] -> #1 create container shop-web-run-new100000000: run
                """
        )
    }

    @Test func `asks for a container without ports, policy and aliases`() throws {
        let run = try plan(observed()) {
            $0.command = ["sh"]
            $0.environment = [.init("DEBUG", "1")]
            $0.ignoresDependencies = true
        }
        let request = try #require(run.plan.request("shop-web-run-new100000000"))
        #expect(request.command == ["sh"])
        #expect(request.restart == .no)
        #expect(request.environment == [.init("DEBUG", "1")])
        #expect(request.labels[ControlLabel.oneOff] == "True")
        #expect(request.labels[ControlLabel.containerNumber] == nil)
        guard case .networks(let attachments) = request.network else {
            Issue.record("not on a network")
            return
        }
        #expect(attachments.ports == [])
        #expect(attachments.endpoints.map(\.aliases) == [[]])
        #expect(run.plan.steps.map(\.action.description).contains { $0.contains("shop-db-1") } == false)
    }

    @Test func `publishes the service's ports and drops its command when asked`() throws {
        let run = try plan(observed()) {
            $0.publishesServicePorts = true
            $0.usesAliases = true
            $0.entrypoint = ["/bin/sh"]
            $0.name = "once"
        }
        let request = try #require(run.plan.request("once"))
        #expect(request.entrypoint == ["/bin/sh"])
        #expect(request.command == [])
        guard case .networks(let attachments) = request.network else {
            Issue.record("not on a network")
            return
        }
        #expect(attachments.ports.map(\.containerPort) == [80])
        #expect(attachments.endpoints.map(\.aliases) == [["web"]])
        #expect(run.container.name == "once")
    }
}
