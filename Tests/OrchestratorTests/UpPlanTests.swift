import ComposeSpec
import Testing

@testable import Orchestrator

@Suite struct UpPlanTests {
    @Test func `brings up dependencies before dependents`() throws {
        let shop = project(
            service("web", after: ["api": .init()], on: ["front"]),
            service("api", after: ["db": .init(.healthy)], on: ["back", "front"]),
            service("db", on: ["back"]) { $0.mounts = [data] }
        ) { $0.volumes = [volume("data")] }
        #expect(
            try Plan(shop, observed()).description == """
                [] -> #1 create network shop_back: not found
                [] -> #2 create network shop_front: not found
                [] -> #3 create volume shop_data: not found
                [1,3] -> #4 create container shop-db-1: not found
                [1,2] -> #5 create container shop-api-1: not found
                [2] -> #6 create container shop-web-1: not found
                [4] -> #7 start container shop-db-1: created
                [7] -> #8 await healthy container shop-db-1: api depends on it
                [5,8] -> #9 start container shop-api-1: created
                [6,9] -> #10 start container shop-web-1: created
                """
        )
    }

    @Test func `plans nothing when everything is as it should be`() throws {
        let shop = project(
            service("web", after: ["db": .init(.healthy)], on: ["front"]),
            service("db") { $0.mounts = [data] }
        ) { $0.volumes = [volume("data")] }
        let there = observed(
            container("web") { $0.networks = ["shop_front"] },
            container("db") {
                $0.health = .healthy
                $0.volumes = [.init(target: "/data", volume: "shop_data", isAnonymous: false)]
            },
            networks: ["front"],
            volumes: ["data"]
        )
        let plan = try Plan(shop, there)
        #expect(plan.description == "")
        #expect(plan.settled.map(\.description) == ["Container shop-db-1 Running", "Container shop-web-1 Running"])
        #expect(plan.warnings == [])
    }

    @Test func `starts what has stopped without making it anew`() throws {
        let shop = project(service("web"), service("db"))
        let there = observed(container("web", 1, .exited(code: 3)), container("db", 1, .lost))
        #expect(
            try Plan(shop, there).description == """
                [] -> #1 start container shop-db-1: lost
                [] -> #2 start container shop-web-1: exited (3)
                """
        )
    }

    @Test func `thaws what is paused`() throws {
        #expect(
            try Plan(project(service("web")), observed(container("web", 1, .paused))).description == """
                [] -> #1 resume container shop-web-1: paused
                """
        )
    }

    @Test func `waits once for what two services need`() throws {
        let shop = project(
            service("web", after: ["db": .init(.healthy)]),
            service("api", after: ["db": .init(.healthy)]),
            service("db")
        )
        let there = observed(container("db") { $0.health = .starting })
        #expect(
            try Plan(shop, there).description == """
                [] -> #1 create container shop-api-1: not found
                [] -> #2 create container shop-web-1: not found
                [] -> #3 await healthy container shop-db-1: api depends on it
                [1,3] -> #4 start container shop-api-1: created
                [2,3] -> #5 start container shop-web-1: created
                """
        )
    }

    @Test func `runs a job before what needs it done`() throws {
        let shop = project(service("web", after: ["job": .init(.completedSuccessfully)]), service("job"))
        #expect(
            try Plan(shop, observed()).description == """
                [] -> #1 create container shop-job-1: not found
                [] -> #2 create container shop-web-1: not found
                [1] -> #3 start container shop-job-1: created
                [3] -> #4 await completed container shop-job-1: web depends on it
                [2,4] -> #5 start container shop-web-1: created
                """
        )
    }

    @Test func `does not let an optional dependency stop anything`() throws {
        let shop = project(service("web", after: ["db": .init(.healthy, isRequired: false)]), service("db"))
        let plan = try Plan(shop, observed())
        let waits = plan.steps.compactMap { step -> Bool? in
            guard case .awaitContainer(let wish) = step.action else { return nil }
            return wish.isRequired
        }
        #expect(waits == [false])
    }

    @Test func `deals with the named services and what they need`() throws {
        let shop = project(service("web", after: ["db": .init()]), service("db"), service("api"))
        #expect(
            try Plan(shop, observed()) { $0.services = ["web"] }.description == """
                [] -> #1 create container shop-db-1: not found
                [] -> #2 create container shop-web-1: not found
                [1] -> #3 start container shop-db-1: created
                [2,3] -> #4 start container shop-web-1: created
                """
        )
        #expect(
            try Plan(shop, observed()) {
                $0.services = ["web"]
                $0.ignoresDependencies = true
            }.description == """
                [] -> #1 create container shop-web-1: not found
                [1] -> #2 start container shop-web-1: created
                """
        )
    }

    @Test func `creates without starting`() throws {
        #expect(
            try Plan(project(service("web")), observed()) { $0.starts = false }.description == """
                [] -> #1 create container shop-web-1: not found
                """
        )
    }

    @Test func `waits at the end when asked`() throws {
        let shop = project(service("web", after: ["job": .init(.completedSuccessfully)]), service("job"))
        let there = observed(container("web"), container("job", 1, .exited(code: 0)))
        #expect(
            try Plan(shop, there) { $0.waits = true }.description == """
                [] -> #1 start container shop-job-1: exited (0)
                [1] -> #2 await completed container shop-job-1: --wait
                """
        )
    }

    @Test func `scales up and down`() throws {
        let shop = project(service("web") { $0.replicas = 2 })
        #expect(
            try Plan(shop, observed(container("web", 3))).description == """
                [] -> #1 create container shop-web-4: scaled to 2
                [1] -> #2 start container shop-web-4: created
                """
        )
        let three = observed(container("web", 1), container("web", 2), container("web", 5))
        #expect(
            try Plan(shop, three).description == """
                [] -> #1 stop container shop-web-5: scaled to 2
                [1] -> #2 remove container shop-web-5: scaled to 2
                """
        )
        #expect(
            try Plan(shop, three) { $0.scale = ["web": 0] }.steps.map(\.action.description) == [
                "stop container shop-web-1", "remove container shop-web-1",
                "stop container shop-web-2", "remove container shop-web-2",
                "stop container shop-web-5", "remove container shop-web-5",
            ]
        )
    }

    @Test func `keeps those that are up to date when it scales down`() throws {
        let shop = project(service("web"))
        let there = observed(
            container("web", 1) { $0.labels[ControlLabel.configHash] = "old" },
            container("web", 2)
        )
        #expect(
            try Plan(shop, there).description == """
                [] -> #1 stop container shop-web-1: scaled to 1
                [1] -> #2 remove container shop-web-1: scaled to 1
                """
        )
    }

    @Test func `speaks of orphans, and removes them when asked`() throws {
        let shop = project(service("web"))
        let there = observed(container("web"), container("old"), container("older", 1, .exited(code: 0)))
        let plan = try Plan(shop, there)
        #expect(plan.isEmpty)
        #expect(
            plan.warnings == [
                "Found orphan containers ([shop-old-1 shop-older-1]) for this project. If you removed or renamed this "
                    + "service in your compose file, you can run this command with the --remove-orphans flag to clean "
                    + "it up."
            ]
        )
        #expect(
            try Plan(shop, there) { $0.removesOrphans = true }.description == """
                [] -> #1 stop container shop-old-1: orphan
                [1] -> #2 remove container shop-old-1: orphan
                [] -> #3 remove container shop-older-1: orphan
                """
        )
    }

    @Test func `gets images first`() throws {
        let shop = project(
            service("web") {
                $0.image = nil
                $0.build = .init(context: "/shop/web")
            },
            service("api") { $0.build = .init(context: "/shop/api") },
            service("db")
        )
        #expect(
            try Plan(shop, observed(images: [])).description == """
                [] -> #1 pull or build image api: not found
                [] -> #2 build image shop-web: not found
                [] -> #3 pull image db: not found
                [1] -> #4 create container shop-api-1: not found
                [3] -> #5 create container shop-db-1: not found
                [2] -> #6 create container shop-web-1: not found
                [4] -> #7 start container shop-api-1: created
                [5] -> #8 start container shop-db-1: created
                [6] -> #9 start container shop-web-1: created
                """
        )
    }

    @Test func `makes nothing before the images are there`() throws {
        #expect(
            try Plan(project(service("web", on: ["front"])), observed(images: [])).description == """
                [] -> #1 pull image web: not found
                [1] -> #2 create network shop_front: not found
                [1,2] -> #3 create container shop-web-1: not found
                [3] -> #4 start container shop-web-1: created
                """
        )
    }

    @Test func `builds first and plans again when containers are there already`() throws {
        let shop = project(service("web") { $0.build = .init(context: "/shop/web") }, service("db"))
        let plan = try Plan(shop, observed(container("web"))) { $0.building = .always }
        #expect(plan.description == "[] -> #1 build image web: --build")
        #expect(plan.isProvisional)
    }

    @Test func `sends a build the images that it takes as contexts`() throws {
        let shop = project(
            service("web") {
                $0.build = .init(context: "/shop/web")
                $0.build?.additionalContexts = ["base": "service:api"]
            },
            service("api") { $0.build = .init(context: "/shop/api") }
        )
        #expect(
            try Plan(build: shop).description == """
                [] -> #1 build image api: build
                [1] -> #2 build image web: build
                """
        )
    }

    private let data = Service.Mount(
        .volume(key: "data", copiesUp: true, subpath: nil, labels: [:]),
        target: "/data"
    )
}
