import ComposeSpec
import Testing

@testable import Orchestrator

@Suite struct LifecyclePlanTests {
    private let shop = project(
        service("web", after: ["api": .init()]),
        service("api", after: ["db": .init(restarts: true)]),
        service("db")
    )
    private let running = observed(container("web"), container("api"), container("db"), networks: ["front"])

    @Test func `stops dependents before what they depend on`() throws {
        #expect(
            try Plan(stop: running, project: shop).description == """
                [] -> #1 stop container shop-web-1: stop
                [1] -> #2 stop container shop-api-1: stop
                [2] -> #3 stop container shop-db-1: stop
                """
        )
    }

    @Test func `keeps the order across services that are not named`() throws {
        var options = StopOptions()
        options.services = ["db", "web"]
        #expect(
            try Plan(stop: running, project: shop, options: options).description == """
                [] -> #1 stop container shop-web-1: stop
                [1] -> #2 stop container shop-db-1: stop
                """
        )
    }

    @Test func `does without files by what the labels say`() throws {
        let there = observed(
            container("web") { $0.labels[ControlLabel.dependsOn] = "db:service_healthy:false" },
            container("db")
        )
        #expect(
            try Plan(stop: there).description == """
                [] -> #1 stop container shop-web-1: stop
                [1] -> #2 stop container shop-db-1: stop
                """
        )
    }

    @Test func `refuses a service that there is not`() throws {
        var options = StopOptions()
        options.services = ["cache"]
        #expect(throws: PlanError.noSuchService("cache")) { try Plan(stop: running, project: shop, options: options) }
    }

    @Test func `runs hooks before the stop and after the start`() throws {
        let shop = project(
            service("web") {
                $0.preStop = [.init(command: ["drain"]), .init(command: ["flush"])]
                $0.postStart = [.init(command: ["warm"])]
            }
        )
        #expect(
            try Plan(restart: observed(container("web")), project: shop).description == """
                [] -> #1 run pre_stop hook in container shop-web-1: restart
                [1] -> #2 run pre_stop hook in container shop-web-1: restart
                [2] -> #3 stop container shop-web-1: restart
                [3] -> #4 start container shop-web-1: restart
                [4] -> #5 run post_start hook in container shop-web-1: started
                """
        )
    }

    @Test func `restarts those along that ask for it`() throws {
        var options = StopOptions()
        options.services = ["db"]
        #expect(
            try Plan(restart: running, project: shop, options: options).description == """
                [] -> #1 stop container shop-db-1: restart
                [1] -> #2 start container shop-db-1: restart
                [2] -> #3 stop container shop-api-1: restart
                [3] -> #4 start container shop-api-1: restart
                """
        )
        options.ignoresDependencies = true
        #expect(
            try Plan(restart: running, project: shop, options: options).description == """
                [] -> #1 stop container shop-db-1: restart
                [1] -> #2 start container shop-db-1: restart
                """
        )
    }

    @Test func `reports a restart as one thing`() throws {
        var options = StopOptions()
        options.services = ["web"]
        let plan = try Plan(restart: running, project: shop, options: options)
        #expect(
            plan.steps.flatMap { [$0.begin, $0.end] }.compactMap { $0?.description } == [
                "Container shop-web-1 Restarting", "Container shop-web-1 Started",
            ]
        )
    }

    @Test func `starts what there is in order`() throws {
        let there = observed(
            container("web", 1, .exited(code: 0)),
            container("api", 1, .created),
            container("db", 1, .exited(code: 137))
        )
        #expect(
            try Plan(start: there, project: shop).description == """
                [] -> #1 start container shop-db-1: exited (137)
                [1] -> #2 start container shop-api-1: created
                [2] -> #3 start container shop-web-1: exited (0)
                """
        )
        #expect(throws: PlanError.noContainer(service: "api")) {
            try Plan(start: observed(container("db")), project: shop)
        }
    }

    @Test func `kills everything at once`() throws {
        var options = KillOptions()
        options.signal = "SIGHUP"
        let there = observed(container("web"), container("api", 1, .exited(code: 0)), container("db", 1, .paused))
        #expect(
            try Plan(kill: there, project: shop, options: options).description == """
                [] -> #1 kill container shop-db-1 with SIGHUP: kill
                [] -> #2 kill container shop-web-1 with SIGHUP: kill
                """
        )
    }

    @Test func `removes what does not run, or everything once stopped`() throws {
        let there = observed(container("web"), container("db", 1, .exited(code: 0)))
        #expect(
            try Plan(remove: there, project: shop).description == """
                [] -> #1 remove container shop-db-1: rm
                """
        )
        var options = RemoveOptions()
        options.stops = true
        #expect(
            try Plan(remove: there, project: shop, options: options).description == """
                [] -> #1 stop container shop-web-1: rm
                [1] -> #2 remove container shop-web-1: rm
                [2] -> #3 remove container shop-db-1: rm
                """
        )
    }

    @Test func `freezes what runs and thaws what is frozen`() throws {
        let there = observed(container("web"), container("db", 1, .paused))
        #expect(try Plan(pause: there, project: shop).description == "[] -> #1 pause container shop-web-1: pause")
        #expect(try Plan(unpause: there, project: shop).description == "[] -> #1 resume container shop-db-1: unpause")
    }
}

@Suite struct DownPlanTests {
    @Test func `takes everything down, networks last`() throws {
        let shop = project(service("web", after: ["db": .init()], on: ["front"]), service("db", on: ["front"]))
        let there = observed(
            container("web") { $0.networks = ["shop_front"] },
            container("db") { $0.networks = ["shop_front"] },
            networks: ["front"]
        )
        #expect(
            try Plan(down: there, project: shop).description == """
                [] -> #1 stop container shop-web-1: down
                [1] -> #2 remove container shop-web-1: down
                [2] -> #3 stop container shop-db-1: down
                [3] -> #4 remove container shop-db-1: down
                [2,4] -> #5 remove network shop_front: down
                """
        )
    }

    @Test func `keeps data, images and what is external unless told otherwise`() throws {
        let mount = Service.Mount(.volume(key: "data", copiesUp: true, subpath: nil, labels: [:]), target: "/data")
        let shop = project(
            service("web") {
                $0.image = nil
                $0.build = .init(context: "/shop")
            },
            service("db") { $0.mounts = [mount] }
        ) {
            var external = volume("external")
            external.isExternal = true
            $0.volumes = [volume("data"), external]
        }
        var there = observed(
            container("db", 1, .exited(code: 0)) {
                $0.volumes = [.init(target: "/data", volume: "shop_data", isAnonymous: false)]
            },
            volumes: ["data", "external"],
            images: ["db", "shop-web"]
        )
        #expect(
            try Plan(down: there, project: shop).description == """
                [] -> #1 remove container shop-db-1: down
                """
        )
        var options = DownOptions()
        options.removesVolumes = true
        options.images = .local
        #expect(
            try Plan(down: there, project: shop, options: options).description == """
                [] -> #1 remove container shop-db-1: down
                [1] -> #2 remove volume shop_data: --volumes
                [1] -> #3 remove image shop-web: --rmi
                """
        )
        options.images = .all
        there.containers = []
        #expect(
            try Plan(down: there, project: shop, options: options).description == """
                [] -> #1 remove volume shop_data: --volumes
                [] -> #2 remove image db: --rmi
                [] -> #3 remove image shop-web: --rmi
                """
        )
    }

    @Test func `takes along those that depend on what is named`() throws {
        let shop = project(service("web", after: ["db": .init()]), service("db"), service("api"))
        var options = DownOptions()
        options.services = ["db"]
        let there = observed(container("web"), container("db"), container("api"))
        #expect(
            try Plan(down: there, project: shop, options: options).description == """
                [] -> #1 stop container shop-web-1: down
                [1] -> #2 remove container shop-web-1: down
                [2] -> #3 stop container shop-db-1: down
                [3] -> #4 remove container shop-db-1: down
                """
        )
    }

    @Test func `removes orphans and one-off containers only when asked`() throws {
        let there = observed(
            container("web"),
            container("old"),
            container("web", 0) {
                $0.labels[ControlLabel.oneOff] = "True"
                $0.identity.name = "shop-web-run-1"
            }
        )
        var options = DownOptions()
        #expect(try Plan(down: there, project: project(service("web"))).steps.count == 2)
        options.removesOrphans = true
        #expect(
            try Plan(down: there, project: project(service("web")), options: options).description == """
                [] -> #1 stop container shop-web-1: down
                [1] -> #2 remove container shop-web-1: down
                [] -> #3 stop container shop-old-1: orphan
                [3] -> #4 remove container shop-old-1: orphan
                [] -> #5 stop container shop-web-run-1: orphan
                [5] -> #6 remove container shop-web-run-1: orphan
                """
        )
    }

    @Test func `needs no files`() throws {
        let there = observed(container("web") { $0.networks = ["shop_front"] }, networks: ["front"], volumes: ["data"])
        var options = DownOptions()
        options.removesVolumes = true
        #expect(
            try Plan(down: there, options: options).description == """
                [] -> #1 stop container shop-web-1: down
                [1] -> #2 remove container shop-web-1: down
                [2] -> #3 remove network shop_front: down
                [] -> #4 remove volume shop_data: --volumes
                """
        )
    }
}
