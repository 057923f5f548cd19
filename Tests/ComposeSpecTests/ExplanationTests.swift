import Testing
import YAML

@testable import ComposeSpec

/// Where values are from, and what they won over.
@Suite struct Explanations {
    /// The explanation of the value at a path of the project in these files.
    private func explanation(
        of path: String,
        _ files: [String: String],
        environment: [String: String] = [:],
        _ change: (inout LoaderOptions) -> Void = { _ in }
    ) throws -> Explanation? {
        try TestProject.with(files) { project in
            let loaded = try project.load(environment: environment) { options in
                options.explains = true
                change(&options)
            }
            return loaded.explanations(at: path).first { $0.path == path }
        }
    }

    private func overridden(_ explanation: Explanation?) -> [String] {
        (explanation?.overridden ?? []).map { "\($0.value) \($0.place)" }
    }

    private let overrides = [
        "compose.yaml": "services:\n  web:\n    image: one\n    environment: {A: 1}\n    volumes: ['/a:/x']\n",
        "compose.override.yaml": "services:\n  web: {image: two, environment: [A=2], volumes: ['/b:/x']}\n",
    ]

    @Test func `name the file that wins, and those that lose`() throws {
        let image = try explanation(of: "services.web.image", overrides)
        #expect(image?.value == "\"two\"")
        #expect(image?.origin == .written)
        #expect(image?.place.description == "compose.override.yaml:2:16")
        #expect(overridden(image) == ["\"one\" compose.yaml:3:12"])
        #expect(
            overridden(try explanation(of: "services.web.environment.A", overrides)) == ["\"1\" compose.yaml:4:22"]
        )
    }

    @Test func `follow a value through three files`() throws {
        let files = [
            "a.yaml": "services: {web: {image: x}}", "b.yaml": "services: {web: {image: y}}",
            "c.yaml": "services: {web: {image: z}}",
        ]
        let image = try explanation(of: "services.web.image", files) { $0.files = ["a.yaml", "b.yaml", "c.yaml"] }
        #expect(image?.place.description == "c.yaml:1:25")
        #expect(overridden(image) == ["\"y\" b.yaml:1:25", "\"x\" a.yaml:1:25"])
    }

    @Test func `tell of items that took the place of others in a list`() throws {
        let volume = try explanation(of: "services.web.volumes[0]", overrides)
        #expect(volume?.place.description == "compose.override.yaml:2:51")
        #expect(overridden(volume).first?.hasSuffix("compose.yaml:5:15") == true)
    }

    @Test func `follow what services extend`() throws {
        let files = [
            "compose.yaml": """
            services:
              web: {extends: middle, image: w}
              middle: {extends: {file: base.yaml, service: base}, image: m}
            """,
            "base.yaml": "services: {base: {image: b, user: u}}",
        ]
        #expect(
            overridden(try explanation(of: "services.web.image", files))
                == ["\"m\" compose.yaml:3:62", "\"b\" base.yaml:1:26"]
        )
        #expect(try explanation(of: "services.web.user", files)?.place.description == "base.yaml:1:35")
    }

    @Test func `say which variable filled a value, and which values of it lost`() throws {
        let files = ["compose.yaml": "services: {web: {image: 'x:${TAG:-latest}'}}", ".env": "# c\nTAG=file\n"]
        let fromFile = try explanation(of: "services.web.image", files)
        #expect(fromFile?.text == "x:${TAG:-latest}")
        let place = Mark(file: ".env", line: 2, column: 1)
        let ofFile = VariableAssignment(name: "TAG", value: "file", origin: .file(place))
        #expect(fromFile?.variables == [ExplainedVariable(name: "TAG", assignments: [ofFile])])
        let fromShell = try explanation(of: "services.web.image", files, environment: ["TAG": "shell"])
        let ofShell = VariableAssignment(name: "TAG", value: "shell", origin: .process)
        #expect(fromShell?.variables == [ExplainedVariable(name: "TAG", assignments: [ofShell, ofFile])])
        let byDefault = try explanation(of: "services.web.image", ["compose.yaml": files["compose.yaml"] ?? ""])
        #expect(byDefault?.variables == [ExplainedVariable(name: "TAG", assignments: [])])
    }

    @Test func `know the named files, the later ones first`() throws {
        let files = [
            "compose.yaml": "services: {web: {image: '$TAG'}}", "1.env": "TAG=1", "2.env": "TAG=2", ".env": "TAG=0",
        ]
        let image = try explanation(of: "services.web.image", files) { $0.environmentFiles = ["1.env", "2.env"] }
        #expect(image?.variables.first?.assignments.map(\.value) == ["2", "1"])
    }

    @Test func `tell a container's variables apart by file`() throws {
        let files = [
            "compose.yaml": "services: {web: {image: x, env_file: [1.env, 2.env], environment: {C: own, D: }}}",
            "1.env": "A=1\nB=1\nC=1\n", "2.env": "B=2\nC=2\n",
        ]
        let environment = ["D": "shell"]
        let one = try explanation(of: "services.web.environment.A", files)
        #expect(one?.place.description == "1.env:1:1" && one?.origin == .written)
        let two = try explanation(of: "services.web.environment.B", files)
        #expect(two?.place.description == "2.env:1:1")
        #expect(overridden(two) == ["\"1\" 1.env:2:1"])
        let own = try explanation(of: "services.web.environment.C", files)
        #expect(own?.place.description == "compose.yaml:1:71")
        #expect(overridden(own) == ["\"2\" 2.env:2:1", "\"1\" 1.env:3:1"])
        let passedOn = try explanation(of: "services.web.environment.D", files, environment: environment)
        #expect(passedOn?.value == "\"shell\"" && passedOn?.variables.map(\.name) == ["D"])
    }

    @Test func `tell defaults from what is written`() throws {
        let files = ["compose.yaml": "services: {web: {image: x, ports: ['80:80']}}"]
        #expect(try explanation(of: "services.web.networks.default", files)?.origin == .implied)
        #expect(try explanation(of: "networks.default.name", files)?.origin == .implied)
        #expect(try explanation(of: "services.web.ports[0].target", files)?.origin == .written)
    }

    @Test func `remember what tags took away`() throws {
        let files = [
            "compose.yaml": "services: {web: {image: x, ports: ['80:80'], dns: [1.1.1.1]}}",
            "compose.override.yaml": "services: {web: {ports: !override ['81:80'], dns: !reset []}}",
        ]
        let dns = try explanation(of: "services.web.dns", files)
        #expect(dns?.origin == .takenAway)
        #expect(dns?.place.description == "compose.override.yaml:1:51")
        #expect(overridden(dns) == ["[\"1.1.1.1\"] compose.yaml:1:51"])
        let ports = try explanation(of: "services.web.ports", files)
        #expect(ports?.place.description == "compose.override.yaml:1:25")
        #expect(overridden(ports).first?.hasSuffix("compose.yaml:1:35") == true)
    }

    @Test func `tell of included files and their own variables`() throws {
        let files = [
            "compose.yaml": "include: [sub/part.yaml]\nservices: {web: {image: over}}",
            "sub/part.yaml": "services: {web: {image: x}, db: {image: '$V'}}", "sub/.env": "V=inner",
        ]
        #expect(overridden(try explanation(of: "services.web.image", files)) == ["\"x\" sub/part.yaml:1:25"])
        let assignments = try explanation(of: "services.db.image", files)?.variables.first?.assignments
        #expect(assignments?.map(\.origin) == [.file(Mark(file: "sub/.env", line: 1, column: 1))])
    }

    @Test func `are not made unless asked for`() throws {
        #expect(try load("services: {web: {image: x}}").explanations == [])
    }
}
