import Linux
import Networks
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct LayeredNetworkTests {
    /// A network upon an interface that is plugged into the neighbour's.
    private func network(
        _ machine: Machine,
        mode: String = "",
        named name: String = "lan",
        from first: Int = 0
    ) throws -> Network {
        if try shell("ip link show dev uplink > /dev/null 2>&1") != 0 {
            let plug =
                "ip link add uplink type veth peer name plug && ip link set plug master lan up && ip link set uplink up"
            #expect(try shell(plug) == 0)
        }
        var request = NetworkRequest(name: name)
        request.driver = "macvlan"
        request.options = ["parent": "uplink", "macvlan_mode": mode]
        request.pools = [try AddressPool(subnet: "192.0.2.\(first)/26", gateway: "192.0.2.\(first + 1)")]
        return try machine.store.create(request)
    }

    @Test func `puts containers on the network of the host's interface, with addresses of their own`() throws {
        try Machine.run { machine in
            let network = try network(machine)
            #expect(network.driver == .macvlan && !network.isInternal)
            var ports = [AttachmentRequest.PortRequest(containerPort: 80, hostPorts: 8080...8080)]
            let web = try machine.attach("web", to: ["lan"], ports: ports)
            ports = []
            let db = try machine.attach("db", to: ["lan"], ports: ports)
            #expect(web.endpoints[0].address(.v4)?.description == "192.0.2.2")
            #expect(web.ports.isEmpty && web.names != nil)
            let outside = try NetworkNamespace.enter(machine.neighbour) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80) == nil)
            #expect(try outside.acceptedPeer() == "192.0.2.2")
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 81) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.3", 81) == nil)
            #expect(try connectionError(from: machine.neighbour.string, to: "192.0.2.3", 81) == nil)
            #expect(try server.acceptedPeer() == "192.0.2.2")
            try NetworkNamespace.enter(FilePath(web.namespace)) { _ in
                var route = try NetlinkSocket(.route)
                let routes = try route.routes().filter { $0.destination == nil && $0.family == .v4 }
                #expect(routes.map(\.gateway?.description) == ["192.0.2.1"])
            }
            for attachment in [web, db] { try machine.store.detach(attachment) }
            try machine.store.remove("lan")
            #expect(try shell("ip link show dev uplink > /dev/null") == 0)
        }
    }

    @Test func `keeps those apart who are to be private`() throws {
        try Machine.run { machine in
            _ = try network(machine, mode: "private")
            let web = try machine.attach("web", to: ["lan"])
            let db = try machine.attach("db", to: ["lan"])
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 81) }
            let error = try connectionError(from: web.namespace, to: "192.0.2.3", 81, wait: .forNothing)
            #expect(error != nil && error != .connectionRefused)
            withExtendedLifetime(server) {}
        }
    }

    @Test
    func `leaves a link of its own as long as another network lies upon it, also when a removal is finished later`()
        throws
    {
        try Machine.run { machine in
            for (name, first) in [("one", 0), ("two", 64), ("three", 128)] {
                _ = try network(machine, named: name, from: first)
            }
            let bridge = try machine.store.create(NetworkRequest(name: "marked")).bridge
            var route = try NetlinkSocket(.route)
            let mark = try #require(try route.link(named: bridge)?.alias)
            try route.perform(.setAlias(mark, of: "uplink"))
            try machine.store.remove("one")
            #expect(try route.link(named: "uplink") != nil)
            let id = try machine.store.find("two").id
            let networks = machine.root.networks
            try WholeFile.move(networks.appending("two"), to: networks.appending("\(StateRoot.doomedPrefix)\(id)"))
            try machine.store.sweep()
            #expect(try machine.store.list().map(\.name) == ["host", "marked", "none", "three"])
            #expect(try Folder.names(in: networks).allSatisfy { !$0.hasPrefix(StateRoot.doomedPrefix) })
            #expect(try route.link(named: "uplink") != nil)
            try machine.store.remove("three")
            #expect(try route.link(named: "uplink") == nil)
        }
    }

    @Test func `lies upon no link that another root will take away`() throws {
        try Machine.run { machine in
            var route = try NetlinkSocket(.route)
            _ = try network(machine, named: "first", from: 0)
            let bridge = try machine.store.create(NetworkRequest(name: "marked")).bridge
            let mark = try #require(try route.link(named: bridge)?.alias)
            try route.perform(.setAlias(mark + "-of-another", of: "uplink"))
            let error = #expect(throws: NetworksError.self) { try network(machine, from: 64) }
            #expect(
                error?.description.hasSuffix("uplink belongs to the networks below \(machine.root.data)-of-another")
                    == true
            )
            #expect(try machine.store.list().map(\.name) == ["first", "host", "marked", "none"])
        }
    }

    @Test func `refuses what cannot be`() throws {
        try Machine.run { machine in
            _ = try network(machine)
            for (driver, options, error) in [
                ("macvlan", ["parent": "nobody"], NetworksError.noParent("nobody")),
                ("macvlan", ["parent": "nobody.7"], .noParent("nobody.7")),
                ("macvlan", ["parent": "uplink", "macvlan_mode": "passthru"], .parentTaken("uplink", network: "lan")),
                ("ipvlan", ["parent": "uplink"], .parentTaken("uplink", network: "lan")),
                ("macvlan", ["macvlan_mode": "loud"], .badOption("macvlan_mode", "loud")),
                ("ipvlan", ["ipvlan_mode": "l4"], .badOption("ipvlan_mode", "l4")),
                ("ipvlan", ["ipvlan_flag": "open"], .badOption("ipvlan_flag", "open")),
                ("macvlan", ["parent": "lo"], .badOption("parent", "lo")),
                ("overlay", [:], .unsupportedDriver("overlay")),
            ] {
                var request = NetworkRequest(name: "bad")
                request.driver = driver
                request.options = options
                #expect(throws: error) { try machine.store.create(request) }
                if case .badOption = error { #expect(throws: error) { try request.check() } }
            }
            #expect(try machine.store.list().map(\.name) == ["host", "lan", "none"])
            #expect(try network(machine, named: "more", from: 64).bridge == "uplink")
        }
    }
}
