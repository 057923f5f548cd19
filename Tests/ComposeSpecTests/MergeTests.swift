import Testing

@testable import ComposeSpec

@Suite struct SeveralFiles {
    private func merged(_ base: String, _ other: String) throws -> Service? {
        try TestProject.with([
            "compose.yaml": "services:\n  web:\n    image: x\n    \(base)\n  db: {image: y}\n",
            "other.yaml": "services:\n  web:\n    \(other)\n",
        ]) { try $0.load { $0.files = ["compose.yaml", "other.yaml"] }.project.service("web") }
    }

    @Test func `replace scalars and commands, and append lists`() throws {
        let service = try merged(
            "command: [a, b]\n    cap_add: [A, B]",
            "command: c\n    cap_add: [B, C]\n    image: z"
        )
        #expect(service?.image == "z")
        #expect(service?.command == ["c"])
        #expect(service?.capabilitiesAdded == ["A", "B", "C"])
    }

    @Test func `merge variables whichever way they are spelled`() throws {
        let service = try merged("environment: {A: 1, B: 1}", "environment: [A=2, C=2, B]")
        #expect(service?.environment == ["A": "2", "B": nil, "C": "2"])
    }

    @Test func `replace mounts at the same place, and keep ports that differ`() throws {
        let service = try merged(
            "volumes: ['/a:/x', '/b:/y']\n    ports: ['80:80']",
            "volumes: ['/c:/x']\n    ports: ['80:80', '81:80']"
        )
        #expect(service?.mounts.map(\.target) == ["/x", "/y"])
        #expect(service?.mounts.first?.kind == .bind(source: "/c", options: Service.BindOptions()))
        #expect(service?.ports.map(\.published) == [80...80, 81...81])
    }

    @Test func `take away with reset and replace with override`() throws {
        let service = try merged(
            "ports: ['80:80']\n    environment: {A: 1, B: 1}\n    dns: [1.1.1.1]",
            "ports: !reset []\n    environment: {A: !reset null}\n    dns: !override [2.2.2.2]"
        )
        #expect(service?.ports == [])
        #expect(service?.environment == ["B": "1"])
        #expect(service?.dns == ["2.2.2.2"])
    }

    @Test func `keep options only when the drivers agree`() throws {
        #expect(
            try merged("logging: {driver: a, options: {k: v}}", "logging: {options: {l: w}}")?.logging
                == Service.Logging(driver: "a", options: ["k": "v", "l": "w"])
        )
        #expect(
            try merged("logging: {driver: a, options: {k: v}}", "logging: {driver: b}")?.logging
                == Service.Logging(driver: "b", options: [:])
        )
    }

    @Test func `may be documents of one file`() throws {
        let project = try load("services: {a: {image: x}}\n---\nservices: {a: {image: y}, b: {image: z}}").project
        #expect(project.services.map(\.image) == ["y", "z"])
    }

    @Test func `include the override file when none is named`() throws {
        try TestProject.with([
            "compose.yaml": "services: {a: {image: x}}", "compose.override.yml": "services: {a: {image: y}}",
            "sub/deep/file": "",
        ]) { project in
            #expect(try project.load().project.service("a")?.image == "y")
            #expect(try project.load { $0.files = ["compose.yaml"] }.project.service("a")?.image == "x")
            let fromBelow = try project.load { $0.workingDirectory = project.folder.string + "/sub/deep" }
            #expect(fromBelow.project.workingDirectory == project.folder)
        }
    }
}

@Suite struct OtherFiles {
    @Test func `are extended with their own folder`() throws {
        try TestProject.with([
            "compose.yaml": """
            services:
              web:
                extends: {file: base/common.yaml, service: app}
                environment: {B: 2}
            """,
            "base/common.yaml": """
            services:
              app: {extends: root, environment: {A: 1, B: 1}, build: ./src}
              root: {image: x, user: nobody, volumes: [./data:/d]}
              broken: {nonsense: 1}
            """,
        ]) { project in
            let service = try #require(try project.load().project.service("web"))
            #expect(service.image == "x")
            #expect(service.user == "nobody")
            #expect(service.environment == ["A": "1", "B": "2"])
            #expect(service.build?.context == project.folder.string + "/base/src")
            #expect(
                service.mounts.first?.kind
                    == .bind(source: project.folder.string + "/base/data", options: Service.BindOptions())
            )
        }
    }

    @Test func `are included with their own folder and variables, under what includes them`() throws {
        try TestProject.with([
            "compose.yaml": "include: [db/compose.yaml]\nservices: {web: {image: '${TAG:-none}'}, db: {user: me}}",
            "db/compose.yaml":
                "services: {db: {image: 'pg:${TAG}', volumes: ['./init:/init', 'data:/d']}}\nvolumes: {data: }",
            "db/.env": "TAG=16\n",
        ]) { project in
            let loaded = try project.load().project
            #expect(loaded.service("web")?.image == "none")
            #expect(loaded.service("db")?.image == "pg:16")
            #expect(loaded.service("db")?.user == "me")
            #expect(loaded.volumes.map(\.name) == ["shop_data"])
            #expect(
                loaded.service("db")?.mounts.first?.kind
                    == .bind(source: project.folder.string + "/db/init", options: Service.BindOptions())
            )
        }
    }

    @Test func `that lead back to themselves are refused`() throws {
        let include = try refusal(["compose.yaml": "include: [b.yaml]", "b.yaml": "include: [compose.yaml]"])
        #expect(include?.contains("b.yaml:1:11: include[0]: include cycle detected: ") == true)
        let extends = try refusal("services: {a: {extends: b}, b: {extends: a}}")
        #expect(
            extends
                == "compose.yaml:1:25: services.a.extends: circular reference in extends: "
                + "a (compose.yaml) -> b (compose.yaml) -> a (compose.yaml)"
        )
    }
}

@Suite struct Choosing {
    private let text = """
        services:
          web: {image: x, depends_on: [db]}
          db: {image: x, volumes: [data:/d]}
          debug: {image: x, profiles: [dev], networks: [side]}
          tool: {image: x, profiles: [tools]}
        volumes: {data: , unused: }
        networks: {side: }
        """

    private func names(_ change: (inout LoaderOptions) -> Void) throws -> [String] {
        try load(text, change).project.services.map(\.name)
    }

    @Test func `leaves services of inactive profiles out`() throws {
        let project = try load(text).project
        #expect(project.services.map(\.name) == ["db", "web"])
        #expect(project.disabledServices.map(\.name) == ["debug", "tool"])
        #expect(project.volumes.map(\.key) == ["data"])
        #expect(project.networks.map(\.key) == ["default"])
    }

    @Test func `enables profiles by flag, by variable, by star and by naming a service`() throws {
        #expect(try names { $0.profiles = ["dev"] } == ["db", "debug", "web"])
        #expect(try names { $0.environment["COMPOSE_PROFILES"] = "dev,tools" } == ["db", "debug", "tool", "web"])
        #expect(try names { $0.profiles = ["*"] } == ["db", "debug", "tool", "web"])
        #expect(try names { $0.services = ["tool"] } == ["tool"])
    }

    @Test func `brings what the named services need, unless told not to`() throws {
        #expect(try names { $0.services = ["web"] } == ["db", "web"])
        #expect(
            try names {
                $0.services = ["web"]
                $0.includesDependencies = false
            } == ["web"]
        )
    }

    @Test func `says so when a service is not there`() throws {
        let message = try refusal(["compose.yaml": text]) { $0.services = ["wbe"] }
        #expect(message == "no such service: wbe, did you mean \"web\"?")
    }

    @Test func `says which profile would enable what is needed`() throws {
        let text = "services: {a: {image: x, depends_on: [b]}, b: {image: x, profiles: [p]}}"
        #expect(
            try refusal(text)
                == "compose.yaml:1:39: services.a.depends_on.b: service \"b\" is required but is disabled: "
                + "it can be enabled by profiles [\"p\"]"
        )
    }
}
