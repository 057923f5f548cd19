import Testing

@testable import ComposeSpec

@Suite struct Mistakes {
    @Test(arguments: [
        ("services: [web]", "compose.yaml:1:11: services: must be a mapping, not a list"),
        ("", "compose.yaml:1:1: empty compose file"),
        (
            "services: {web: {image: x, prots: []}}",
            "compose.yaml:1:28: services.web: additional property \"prots\" is not allowed, did you mean \"ports\"?"
        ),
        ("servces: {}", "compose.yaml:1:1: additional property \"servces\" is not allowed, did you mean \"services\"?"),
        (
            "services: {web: {image: x, ports: ['80800:80']}}",
            "compose.yaml:1:36: services.web.ports[0]: \"80800:80\" is not a port mapping"
        ),
        (
            "services: {web: {image: x, tty: 5}}",
            "compose.yaml:1:33: services.web.tty: must be a string or a boolean, not a number"
        ),
        (
            "services: {web: {image: x, tty: '${A}'}}",
            "compose.yaml:1:33: services.web.tty: \"\" is not a boolean"
        ),
        (
            "services: {web: {image: x, environment: {A: [1]}}}",
            "compose.yaml:1:45: services.web.environment.A: must be a string, a number, a boolean or null, not a list"
        ),
        (
            "services: {web: {image: x, stop_grace_period: 10}}",
            "compose.yaml:1:47: services.web.stop_grace_period: must be a string, not a number"
        ),
        (
            "services: {web: {image: x, stop_grace_period: '10'}}",
            "compose.yaml:1:47: services.web.stop_grace_period: \"10\" is not a duration like 1m30s"
        ),
        (
            "services: {web: {image: x, mem_limit: 1x}}",
            "compose.yaml:1:39: services.web.mem_limit: \"1x\" is not a size like 64m or 1.5g"
        ),
        (
            "services: {web: {image: x, networks: [bakc]}}\nnetworks: {back: }",
            "compose.yaml:1:39: services.web.networks.bakc: undefined network \"bakc\", did you mean \"back\"?"
        ),
        (
            "services: {web: {image: x, volumes: ['data:/d']}}",
            "compose.yaml:1:38: services.web.volumes[0]: undefined volume \"data\""
        ),
        (
            "services: {web: {image: x, secrets: [key]}}",
            "compose.yaml:1:38: services.web.secrets[0]: undefined secret \"key\""
        ),
        (
            "services: {web: {image: x, depends_on: [db]}}",
            "compose.yaml:1:41: services.web.depends_on.db: undefined service \"db\""
        ),
        (
            "services: {web: {}}",
            "compose.yaml:1:12: services.web: service \"web\" has neither an image nor a build context specified"
        ),
        (
            "services: {web: {image: '${TAG:?set it}'}}",
            "compose.yaml:1:25: services.web.image: required variable TAG is missing a value: set it"
        ),
        (
            "services: {web: {image: '${TAG'}}",
            "compose.yaml:1:25: services.web.image: invalid interpolation format: \"${TAG\": "
                + "you may need to escape any $ with another $"
        ),
        (
            "services: {web: {image: x, network_mode: host, networks: [a]}}\nnetworks: {a: }",
            "compose.yaml:1:42: services.web.network_mode: `network_mode` and `networks` are mutually exclusive"
        ),
        (
            "services: {web: {image: x, volumes: ['/a:/d', '/b:/d/']}}",
            "compose.yaml:1:47: services.web.volumes[1]: more than one mount at \"/d\""
        ),
        (
            "services: {a b: {image: x}}",
            "compose.yaml:1:12: services: \"a b\" is not a name: only letters, digits, \".\", \"_\" and \"-\" may be used"
        ),
        (
            "services: {web: {image: x, depends_on: {db: {}}}, db: {image: y}}",
            "compose.yaml:1:45: services.web.depends_on.db: missing property \"condition\""
        ),
        (
            "services: {web: {image: x, cgroup: own}}",
            "compose.yaml:1:36: services.web.cgroup: \"own\" is not one of \"host\", \"private\""
        ),
        (
            "services: {web: {image: x, scale: 2, container_name: web}}",
            "compose.yaml:1:54: services.web.container_name: can't scale a service with the fixed container name "
                + "\"web\": container names must be unique"
        ),
        ("secrets: {a: {}}\nservices: {}", "compose.yaml:1:14: secrets.a: exactly one of file|environment must be set"),
        (
            "services: {web: {image: x, image: y}}",
            "compose.yaml:1:28: yaml: key \"image\" is already defined at line 1"
        ),
        ("services: {1: {image: x}}", "compose.yaml:1:12: services: non-string key 1"),
        (
            "services: {web: {extends: base}}",
            "compose.yaml:1:27: services.web.extends: cannot extend service \"base\": not found"
        ),
    ])
    func `are named with their place`(text: String, message: String) throws {
        #expect(try refusal(text) == message)
    }

    @Test(arguments: [
        (
            "cpus: 2\n    deploy: {resources: {limits: {cpus: '1.5'}}}",
            "4:11: services.web.cpus: can't set distinct values on `cpus` and `deploy.resources.limits.cpus`"
        ),
        (
            "mem_limit: 64m\n    deploy: {resources: {limits: {memory: 65m}}}",
            "4:16: services.web.mem_limit: can't set distinct values on `mem_limit` and `deploy.resources.limits.memory`"
        ),
        (
            "pids_limit: 5\n    deploy: {resources: {limits: {cpus: '1'}}}",
            "4:17: services.web.pids_limit: can't set distinct values on `pids_limit` and `deploy.resources.limits.pids`"
        ),
        (
            "gpus: [{count: 1, device_ids: ['0']}]",
            "4:35: services.web.gpus[0]: `count` and `device_ids` are mutually exclusive"
        ),
        (
            "platform: linux/amd64\n    build: {context: ., platforms: [linux/arm64]}",
            "5:36: services.web.build.platforms: must include the service's platform \"linux/amd64\""
        ),
        (
            "build: {context: ., additional_contexts: {x: 'service:wbe'}}",
            "4:50: services.web.build.additional_contexts.x: undefined service \"wbe\", did you mean \"web\"?"
        ),
        (
            "develop: {watch: [{path: ., action: sync}]}",
            "4:23: services.web.develop.watch[0]: missing property \"target\""
        ),
        (
            "healthcheck: {test: x, start_interval: 1s}",
            "4:44: services.web.healthcheck.start_interval: has no meaning without `start_period`"
        ),
        (
            "pre_start: [{command: [x], per_replica: true}]",
            "4:45: services.web.pre_start[0].per_replica: \"true\" is not supported: the hook runs once for all replicas"
        ),
    ])
    func `between attributes of a service are named`(attributes: String, message: String) throws {
        let text = "services:\n  web:\n    image: x\n    \(attributes)\n"
        #expect(try refusal(text) == "compose.yaml:\(message)")
    }

    @Test func `that a build from another service makes are named`() throws {
        let text = """
            services:
              web: {build: {context: ., additional_contexts: [base=service:db]}}
              db: {image: x}
            """
        #expect(
            try refusal(text)
                == "compose.yaml:2:51: services.web.build.additional_contexts.base: service \"db\" has no build section"
        )
    }

    @Test func `that only consistency is about are let pass without it`() throws {
        let text = "services: {web: {image: x, networks: [nowhere], depends_on: [nobody]}}"
        #expect(try refusal(text) != nil)
        #expect(try refusal(["compose.yaml": text]) { $0.checksConsistency = false } == nil)
    }

    @Test func `of names suggest the nearest one`() throws {
        let text = "services:\n  web: {extends: bsae}\n  base: {image: x}\n"
        #expect(
            try refusal(text)
                == "compose.yaml:2:18: services.web.extends: cannot extend service \"bsae\": not found, "
                + "did you mean \"base\"?"
        )
        let files = [
            "compose.yaml": "services: {web: {extends: {file: b.yaml, service: bsae}}}",
            "b.yaml": "services: {base: {image: x}}",
        ]
        #expect(try refusal(files)?.hasSuffix("not found in b.yaml, did you mean \"base\"?") == true)
    }

    @Test func `of a dependency cycle print the cycle`() throws {
        let text = """
            services:
              c: {image: x, depends_on: [a]}
              a: {image: x, depends_on: [b]}
              b: {image: x, links: [c]}
            """
        #expect(
            try refusal(text)
                == "compose.yaml:2:30: services.c.depends_on: dependency cycle detected: a -> b -> c -> a"
        )
    }

    @Test func `in chains of thousands of services are found without recursion`() throws {
        let count = 20_000
        let lines = (0..<count).map { "  s\($0): {image: x, depends_on: [s\(($0 + 1) % count)]}\n" }
        let message = try #require(try refusal("services:\n" + lines.joined()))
        #expect(message.contains("dependency cycle detected: s0 -> s1 -> s2 -> "))
        #expect(message.hasSuffix("s\(count - 1) -> s0"))
    }

    @Test func `of files that are not there name the file`() throws {
        #expect(
            try refusal([:]) { $0.files = ["nope.yaml"] }?.hasSuffix("/nope.yaml: no such file or directory") == true
        )
        #expect(try refusal(["a/b": ""]) { $0.files = ["a"] }?.hasSuffix("/a: is a directory") == true)
        let services = "services: {web: {image: x, env_file: no.env}}"
        #expect(
            try refusal(services)?.hasPrefix("compose.yaml:1:38: services.web.env_file[0]: env file /") == true
        )
    }

    @Test func `of a project's name are refused before anything is read into it`() throws {
        let files = ["compose.yaml": "services: {}"]
        #expect(
            try refusal(files) { $0.projectName = "Bad Name" }
                == "invalid project name \"Bad Name\": must consist only of lowercase alphanumeric characters, "
                + "hyphens, and underscores as well as start with a letter or number"
        )
        let named = files.merging([".env": "A=1\nCOMPOSE_PROJECT_NAME=Bad Name\n"]) { $1 }
        #expect(
            try refusal(named) { $0.projectName = nil }?.hasPrefix(".env:2:1: invalid project name \"Bad Name\"")
                == true
        )
    }
}
