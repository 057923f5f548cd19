import Linux
import Networks
import Storage
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct NetworkStoreTests {
    @Test func `chooses the first default block that nobody uses`() throws {
        try Machine.run { machine in
            var route = try NetlinkSocket(.route)
            let taken = try #require(IPAddress("172.17.200.1"))
            let lan = try #require(try route.link(named: "lan"))
            try route.perform(.setAddress(taken, in: #require(Subnet("172.17.200.0/24")), of: lan.index))
            let names = ["one", "two"]
            let networks = try names.map { try machine.store.create(NetworkRequest(name: $0)) }
            #expect(
                networks.compactMap { $0.pools(.v4).first?.subnet.description } == ["172.18.0.0/16", "172.19.0.0/16"]
            )
            #expect(networks.compactMap { $0.pools(.v4).first?.gateway.description } == ["172.18.0.1", "172.19.0.1"])
            #expect(try route.link(named: networks[0].bridge)?.kind == "bridge")
        }
    }

    @Test func `goes on to smaller blocks, and says when there is none left`() throws {
        try Machine.run { machine in
            let networks = try (0..<31).map { try machine.store.create(NetworkRequest(name: "n\($0)")) }
            #expect(networks[14].pools.map(\.subnet.description) == ["172.31.0.0/16"])
            #expect(networks[15].pools.map(\.subnet.description) == ["192.168.0.0/20"])
            #expect(networks[30].pools.map(\.subnet.description) == ["192.168.240.0/20"])
            #expect(throws: NetworksError.noFreeSubnet) { try machine.store.create(NetworkRequest(name: "more")) }
            try machine.store.remove("n3")
            #expect(try machine.store.create(NetworkRequest(name: "more")).pools == networks[3].pools)
        }
    }

    @Test func `clears away the bridges and rules of roots that are gone, and leaves others alone`() throws {
        try Machine.run { machine in
            let elsewhere = try ["gone", "there", "busy"].map { name in
                let root = StateRoot(under: machine.folder.appending(name))
                return (root, try NetworkStore(root: root).create(NetworkRequest(name: name)))
            }
            var route = try NetlinkSocket(.route)
            let busy = try #require(try route.link(named: elsewhere[2].1.bridge))
            try NetworkNamespace.create(at: machine.folder.appending("guest")) { guest in
                let cable = VirtualCable(
                    name: "guest",
                    bridge: busy.index,
                    innerName: "eth0",
                    innerAddress: HardwareAddress(of: elsewhere[2].1.pools[0].gateway)
                )
                try route.perform(.create(cable, into: guest))
            }
            defer { try? NetworkNamespace.remove(at: machine.folder.appending("guest")) }
            for place in [0, 2] { try Removal.tree(elsewhere[place].0.data) }
            let mine = try machine.store.create(NetworkRequest(name: "mine"))
            #expect(mine.pools == elsewhere[0].1.pools)
            let bridges = Set(try route.links().filter { $0.kind == "bridge" }.map(\.name)).subtracting(["lan"])
            #expect(bridges == [elsewhere[1].1.bridge, elsewhere[2].1.bridge, mine.bridge])
            var filter = try NetlinkSocket(.netfilter)
            let tables = try filter.tables(prefix: "tutti-").map { $0.name.dropFirst("tutti-".count) }
            #expect(Set(tables) == Set([elsewhere[1].1, elsewhere[2].1, mine].map { $0.id.prefix(12) }))
        }
    }

    @Test func `takes what was asked for`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.pools = [
                try AddressPool(
                    subnet: "10.5.0.0/16",
                    gateway: "10.5.0.254",
                    range: "10.5.1.0/24",
                    reserved: ["printer": "10.5.1.0"]
                )
            ]
            request.labels = ["a": "b"]
            request.options = ["com.docker.network.bridge.name": "shop0", "com.docker.network.driver.mtu": "1400"]
            let network = try machine.store.create(request)
            #expect(try machine.store.find("shop") == network)
            let web = try machine.attach("web", to: ["shop"])
            #expect(web.endpoints[0].address(.v4)?.description == "10.5.1.1")
            var route = try NetlinkSocket(.route)
            #expect(try route.link(named: "shop0")?.mtu == 1400)
            var overlapping = NetworkRequest(name: "other")
            overlapping.pools = [try AddressPool(subnet: "10.5.7.0/24")]
            #expect(throws: NetworksError.self) { try machine.store.create(overlapping) }
        }
    }

    @Test func `gives a static address, and names its holder to the next`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.pools = [try AddressPool(subnet: "172.17.0.0/16")]
            _ = try machine.store.create(request)
            var wish = AttachmentRequest.EndpointRequest(network: "shop")
            wish.ipv4 = "172.17.9.9"
            wish.mac = "02-00-00-00-00-07"
            func start(_ name: String, _ digit: Character) throws -> NetworkAttachment {
                try machine.store.attach(
                    AttachmentRequest(
                        containerID: String(repeating: digit, count: 64),
                        containerName: name,
                        hostname: "",
                        endpoints: [wish]
                    )
                )
            }
            #expect(try start("web", "a").endpoints[0].mac == "02:00:00:00:00:07")
            let error = #expect(throws: NetworksError.self) { try start("db", "b") }
            #expect(error?.description == "network shop: Address already in use: 172.17.9.9 is held by container web")
            wish.ipv4 = "10.0.0.1"
            #expect(throws: NetworksError.self) { try start("db", "b") }
            wish.ipv4 = "172.17.0.1"
            #expect(throws: NetworksError.self) { try start("db", "b") }
        }
    }

    @Test func `finds a network by name, identifier and the beginning of it`() throws {
        try Machine.run { machine in
            let shop = try machine.store.create(NetworkRequest(name: "shop_default"))
            #expect(try machine.store.find("shop_default") == shop)
            #expect(try machine.store.find(shop.id) == shop)
            #expect(try machine.store.find(String(shop.id.prefix(12))) == shop)
            #expect(throws: NetworksError.notFound("shop")) { try machine.store.find("shop") }
            #expect(throws: NetworksError.notFound("../shop_default")) { try machine.store.find("../shop_default") }
            #expect(throws: NetworksError.notFound("")) { try machine.store.find("") }
            #expect(throws: NetworksError.alreadyExists("shop_default")) {
                try machine.store.create(NetworkRequest(name: "shop_default"))
            }
            #expect(try machine.store.list().map(\.name) == ["host", "none", "shop_default"])
        }
    }

    @Test(arguments: ["", ".", "..", "-a", "a b", "a/b", "ü", "bridge", "host", "none"])
    func `refuses a name`(name: String) throws {
        try Machine.run { machine in
            #expect(throws: NetworksError.self) { try machine.store.create(NetworkRequest(name: name)) }
            #expect(throws: NetworksError.self) { try machine.store.remove(name) }
        }
    }

    @Test func `has a default bridge from its first use until it is found idle`() throws {
        try Machine.run { machine in
            let web = try machine.attach("web", to: ["bridge"])
            let shop = try machine.attach("shop", to: ["bridge"])
            #expect(web.endpoints[0].address(.v4)?.description == "172.17.0.2")
            #expect(web.names == nil)
            #expect(try machine.store.find("host").driver == .host)
            #expect(throws: NetworksError.cannotJoin(network: "host")) {
                try machine.attach("db", to: ["bridge", "host"])
            }
            try machine.store.detach(web)
            #expect(try machine.store.list().map(\.name) == ["bridge", "host", "none"])
            #expect(try machine.left().contains { $0.hasPrefix("br-") })
            try machine.store.removeIfIdle("bridge")
            #expect(try machine.store.list().map(\.name) == ["bridge", "host", "none"])
            try machine.store.detach(shop)
            #expect(try machine.store.list().map(\.name) == ["bridge", "host", "none"])
            try machine.store.removeIfIdle("bridge")
            #expect(try machine.store.list().map(\.name) == ["host", "none"])
            #expect(try machine.awaitRemoval())
            #expect(try machine.left().filter { !$0.hasPrefix("veth") } == [])
        }
    }

    @Test func `leaves the default bridge while somebody comes and goes, and the one after it`() throws {
        try Machine.run { machine in
            let web = try machine.attach("web", to: ["bridge"])
            let removal = try #require(web.idleRemovals.first)
            try removal.perform(after: .seconds(1000))
            try machine.store.detach(web)
            try removal.perform(after: .milliseconds(20))
            #expect(try machine.store.list().map(\.name) == ["host", "none"])
            let shop = try machine.attach("shop", to: ["bridge"])
            #expect(try removal.perform() == .absent)
            try machine.store.detach(shop)
            #expect(try removal.perform() == .absent)
            #expect(try machine.store.list().map(\.name) == ["bridge", "host", "none"])
            let last = try #require(shop.idleRemovals.first)
            if let turn = try FileLock.take(FilePath(last.leases).appending(".idle")) {
                try last.perform(after: .seconds(1000))
                _ = consume turn
            }
            #expect(try last.perform() == .removed)
        }
    }

    @Test func `prunes what nobody uses or wants`() throws {
        try Machine.run { machine in
            for name in ["idle", "used", "wanted"] { _ = try machine.store.create(NetworkRequest(name: name)) }
            _ = try machine.attach("web", to: ["used"])
            #expect(try machine.store.prune { $0.name == "wanted" } == ["idle"])
            #expect(try machine.store.list().map(\.name) == ["host", "none", "used", "wanted"])
        }
    }

    @Test func `never gives two creators the same name or overlapping blocks`() async throws {
        try await withTemporaryFolder { folder in
            let host = folder.appending("host")
            try NetworkNamespace.create(at: host) { _ in }
            defer { try? NetworkNamespace.remove(at: host) }
            let subnets = try await withThrowingTaskGroup(of: [String].self) { group in
                for place in 0..<12 {
                    group.addTask {
                        try NetworkNamespace.enter(host) { _ in
                            let store = NetworkStore(root: StateRoot(under: folder.appending("root\(place % 2)")))
                            do {
                                return try store.create(NetworkRequest(name: "n\(place / 4)")).pools.map(
                                    \.subnet.description
                                )
                            } catch NetworksError.alreadyExists {
                                return []
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(subnets.count == 6)
            #expect(Set(subnets).count == 6)
        }
    }
}
