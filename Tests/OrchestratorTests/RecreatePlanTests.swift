import ComposeSpec
import Testing

@testable import Orchestrator

@Suite struct RecreatePlanTests {
    @Test func `makes the new container before the old one goes`() throws {
        let there = observed(container("web") { $0.labels[ControlLabel.configHash] = "old" })
        let plan = try Plan(project(service("web")), there)
        #expect(
            plan.description == """
                [] -> #1 create container web100000000_shop-web-1: configuration changed
                [1] -> #2 stop container shop-web-1: replaced
                [2] -> #3 remove container shop-web-1: replaced
                [3] -> #4 rename container web100000000_shop-web-1 to shop-web-1: replaced
                [4] -> #5 start container shop-web-1: created
                """
        )
        let reported = plan.steps.flatMap { [$0.begin, $0.end] }.compactMap { $0?.description }
        #expect(
            reported == [
                "Container shop-web-1 Recreate", "Container shop-web-1 Recreated",
                "Container shop-web-1 Starting", "Container shop-web-1 Started",
            ]
        )
    }

    @Test func `notices an image that moved on`() throws {
        let there = observed(container("web", 1, .exited(code: 0)) { $0.imageID = "older" })
        #expect(
            try Plan(project(service("web")), there).description == """
                [] -> #1 create container web100000000_shop-web-1: image changed
                [1] -> #2 remove container shop-web-1: replaced
                [2] -> #3 rename container web100000000_shop-web-1 to shop-web-1: replaced
                [3] -> #4 start container shop-web-1: created
                """
        )
    }

    @Test func `carries anonymous volumes over unless told to renew them`() throws {
        let there = observed(
            container("web") {
                $0.volumes = [
                    .init(target: "/cache", volume: "c0ffee", isAnonymous: true),
                    .init(target: "/data", volume: "shop_data", isAnonymous: false),
                ]
            }
        )
        func carried(_ renews: Bool) throws -> [String: String]? {
            let plan = try Plan(project(service("web")), there) {
                $0.recreation = .always
                $0.renewsAnonymousVolumes = renews
            }
            return plan.request("web100000000_shop-web-1")?.carriedVolumes
        }
        #expect(try carried(false) == ["/cache": "c0ffee"])
        #expect(try carried(true) == [:])
    }

    @Test func `recreates the named ones by force and the others only if they differ`() throws {
        let shop = project(service("web", after: ["db": .init()]), service("db"))
        let there = observed(container("web"), container("db"))
        let named = try Plan(shop, there) {
            $0.services = ["web"]
            $0.recreation = .always
        }
        #expect(
            named.steps.first?.description == """
                [] -> #1 create container web100000000_shop-web-1: --force-recreate
                """
        )
        #expect(named.steps.count == 5)
        let all = try Plan(shop, there) {
            $0.services = ["web"]
            $0.dependencyRecreation = .always
        }
        #expect(all.steps.first?.cause == "--always-recreate-deps")
        #expect(all.steps.first?.action.description == "create container db1000000000_shop-db-1")
    }

    @Test func `leaves everything when told not to recreate`() throws {
        let there = observed(container("web") { $0.labels[ControlLabel.configHash] = "old" })
        #expect(try Plan(project(service("web")), there) { $0.recreation = .never }.isEmpty)
    }

    @Test func `restarts dependents that ask for it`() throws {
        let shop = project(service("web", after: ["db": .init(restarts: true)]), service("db"))
        let there = observed(container("web"), container("db") { $0.labels[ControlLabel.configHash] = "old" })
        #expect(
            try Plan(shop, there).description == """
                [] -> #1 create container db1000000000_shop-db-1: configuration changed
                [] -> #2 stop container shop-web-1: db is recreated
                [1,2] -> #3 stop container shop-db-1: replaced
                [3] -> #4 remove container shop-db-1: replaced
                [4] -> #5 rename container db1000000000_shop-db-1 to shop-db-1: replaced
                [5] -> #6 start container shop-db-1: created
                [2,6] -> #7 start container shop-web-1: stopped
                """
        )
    }

    @Test func `recreates those who share the network of what is recreated`() throws {
        let shop = project(
            service("web", after: ["db": .init(restarts: true)]) { $0.networkMode = .service("db") },
            service("db")
        )
        let there = observed(container("web"), container("db") { $0.labels[ControlLabel.configHash] = "old" })
        let plan = try Plan(shop, there)
        let causes = plan.steps.filter { "\($0.action)".hasPrefix("create") }.map(\.cause)
        #expect(causes == ["configuration changed", "db is recreated"])
        #expect(
            plan.request("web100000000_shop-web-1")?.network
                == .container(id: plan.request("db1000000000_shop-db-1")?.id ?? "")
        )
    }

    @Test func `leaves those alone who are in a network namespace that the next container takes over`() throws {
        let shop = project(
            service("web", after: ["db": .init(restarts: true, isImplied: true)]) { $0.networkMode = .service("db") },
            service("db", on: ["front"])
        )
        func there(_ namespace: String) -> Observation {
            observed(
                container("web") { $0.networkNamespace = namespace },
                container("db") {
                    $0.labels[ControlLabel.configHash] = "old"
                    $0.networkNamespace = "n1"
                    $0.networks = ["shop_front"]
                },
                networks: ["front"]
            )
        }
        let plan = try Plan(shop, there("n1"))
        #expect(plan.steps.filter { "\($0.action)".hasPrefix("create") }.map(\.cause) == ["configuration changed"])
        #expect(plan.steps.contains { "\($0.action)".contains("web") } == false)
        #expect(plan.request("db1000000000_shop-db-1")?.networkNamespace == "n1")
        var asking = shop
        asking.services[0].dependencies["db"]?.isImplied = false
        let steps = try Plan(asking, there("n1")).steps.map { "\($0.action): \($0.cause)" }
        #expect(
            steps.filter { $0.contains("web") } == [
                "stop container shop-web-1: db is recreated", "start container shop-web-1: stopped",
            ]
        )
        let other = try Plan(shop, there("n2"))
        let causes = other.steps.filter { "\($0.action)".hasPrefix("create") }.map(\.cause)
        #expect(causes == ["configuration changed", "db is recreated"])
    }

    @Test func `makes a network that changed anew while its containers are stopped`() throws {
        let shop = project(service("web", on: ["front"]))
        var there = observed(container("web") { $0.networks = ["shop_front"] }, networks: ["front"])
        there.networks["shop_front"]?.labels[ControlLabel.configHash] = "old"
        #expect(
            try Plan(shop, there).description == """
                [] -> #1 stop container shop-web-1: network shop_front changed
                [1] -> #2 remove network shop_front: configuration changed
                [2] -> #3 create network shop_front: configuration changed
                [1,3] -> #4 start container shop-web-1: stopped
                """
        )
    }

    @Test func `keeps the data of a volume that changed unless that was allowed`() throws {
        let mount = Service.Mount(.volume(key: "data", copiesUp: true, subpath: nil, labels: [:]), target: "/data")
        let shop = project(service("db") { $0.mounts = [mount] }) { $0.volumes = [volume("data")] }
        var there = observed(
            container("db") { $0.volumes = [.init(target: "/data", volume: "shop_data", isAnonymous: false)] },
            volumes: ["data"]
        )
        there.volumes["shop_data"]?.labels[ControlLabel.configHash] = "old"
        let kept = try Plan(shop, there)
        #expect(kept.isEmpty)
        #expect(
            kept.warnings == [
                "Volume \"shop_data\" exists but doesn't match configuration in compose file. It is used as it is"
            ]
        )
        #expect(
            try Plan(shop, there) { $0.recreatedVolumes = ["data"] }.description == """
                [] -> #1 stop container shop-db-1: volume shop_data changed
                [1] -> #2 remove container shop-db-1: volume shop_data changed
                [2] -> #3 remove volume shop_data: configuration changed
                [3] -> #4 create volume shop_data: configuration changed
                [2,4] -> #5 create container shop-db-1: recreated
                [5] -> #6 start container shop-db-1: created
                """
        )
    }

    @Test func `finishes a replacement that was interrupted`() throws {
        let temporary = container("web") {
            $0.identity.id = String(repeating: "f", count: 64)
            $0.identity.name = "web100000000_shop-web-1"
            $0.labels[ControlLabel.replaces] = "shop-web-1"
            $0.status = .created
        }
        let both = observed(container("web") { $0.labels[ControlLabel.configHash] = "old" }, temporary)
        #expect(
            try Plan(project(service("web")), both).description == """
                [] -> #1 stop container shop-web-1: replaced
                [1] -> #2 remove container shop-web-1: replaced
                [1,2] -> #3 rename container web100000000_shop-web-1 to shop-web-1: replacement was interrupted
                [2,3] -> #4 start container shop-web-1: created
                """
        )
        #expect(
            try Plan(project(service("web")), observed(temporary)).description == """
                [] -> #1 rename container web100000000_shop-web-1 to shop-web-1: replacement was interrupted
                [1] -> #2 start container shop-web-1: created
                """
        )
    }
}
