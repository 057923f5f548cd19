import ComposeSpec
import Testing

@testable import Orchestrator

/// When images are pulled, and which are pushed.
@Suite struct ImagePlans {
    private static let day: Int64 = 86_400_000_000_000

    private func shop(_ policy: Service.PullPolicy, image: String = "web:1") -> Project {
        project(
            service("web") {
                $0.image = image
                $0.pullPolicy = policy
            }
        )
    }

    private func found(ago age: Int64, _ image: String = "web:1") -> Observation {
        var observation = Observation(project: "shop", images: [image: "sha256:1"])
        observation.imageAges = [image: age]
        return observation
    }

    @Test func `pull anew what is older than the policy allows`() throws {
        let daily = shop(.after(Int(Self.day)))
        let old = try Plan(up: daily, observed: found(ago: Self.day))
        #expect(old.description.hasPrefix("[] -> #1 pull image web:1: older than its pull policy allows"))
        let young = try Plan(up: daily, observed: found(ago: Self.day - 1))
        #expect(!young.description.contains("pull image"))
        let missing = try Plan(up: daily, observed: Observation(project: "shop"))
        #expect(missing.description.hasPrefix("[] -> #1 pull image web:1: not found"))
    }

    @Test func `pull what may be missing only if it is, or is called the latest`() throws {
        #expect(try Plan(pull: shop(.missing), observed: found(ago: 0)).description == "")
        let latest = try Plan(pull: shop(.missing, image: "web"), observed: found(ago: 0, "web"))
        #expect(latest.description == "[] -> #1 pull image web: pull")
        // A window counts for up alone.
        let window = try Plan(pull: shop(.after(Int(Self.day))), observed: found(ago: 0))
        #expect(window.description == "[] -> #1 pull image web:1: pull")
    }

    @Test func `push what is built here, under all its names`() throws {
        var built = Service(name: "built")
        built.image = "registry.example/built:1"
        built.build = .init(context: "/shop")
        built.build?.tags = ["registry.example/built:2"]
        var plain = Service(name: "plain")
        plain.image = "busybox"
        let plan = try Plan(push: project(built, plain))
        #expect(
            plan.description == """
                [] -> #1 push image registry.example/built:1: push
                [] -> #2 push image registry.example/built:2: push
                """
        )
    }

    private func attested(_ setting: String?, _ provenance: String? = nil) -> Project {
        var web = service("web")
        web.build = .init(context: "/shop")
        web.build?.provenance = provenance
        return project(web) { $0.environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = setting }
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("T", nil, "false"), ("1", "mode=max", "mode=max"), ("False", nil, nil),
        ] as [(String?, String?, String?)]
    )
    func `attest of what is built as the environment says where the files do not`(
        setting: String?,
        provenance: String?,
        expected: String?
    ) throws {
        let project = attested(setting, provenance)
        var options = UpOptions()
        options.building = .always
        for plan in [
            try Plan(up: project, observed: Observation(project: "shop"), options: options), try Plan(build: project),
        ] {
            let builds = plan.steps.compactMap {
                if case .buildImage(let build) = $0.action { build } else { nil as ImageBuild? }
            }
            #expect(builds.map(\.definition.provenance) == [expected])
        }
    }

    @Test func `refuse an environment that says neither`() throws {
        let error = #expect(throws: PlanError.self) { try Plan(build: attested("maybe")) }
        #expect(
            error?.description
                == "services.web.build.provenance: invalid value \"maybe\": BUILDX_NO_DEFAULT_ATTESTATIONS is true or false"
        )
    }
}
