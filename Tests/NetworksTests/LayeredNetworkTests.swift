import Linux
import Networks
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct LayeredNetworkTests {
    /// A network upon an interface that is plugged into the neighbour's.
    private func network(_ machine: Machine, mode: String = "", named name: String = "lan") throws -> Network {
        if try shell("ip link show dev uplink > /dev/null 2>&1") != 0 {
            let plug =
                "ip link add uplink type veth peer name plug && ip link set plug master lan up && ip link set uplink up"
            #expect(try shell(plug) == 0)
        }
        var request = NetworkRequest(name: name)
        request.driver = "macvlan"
        request.options = ["parent": "uplink", "macvlan_mode": mode]
        let third = name == "lan" ? 0 : 64
        request.pools = [try AddressPool(subnet: "192.0.2.\(third)/26", gateway: "192.0.2.\(third + 1)")]
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
            _ = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 81) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.3", 81) != nil)
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
            }
            #expect(try machine.store.list().map(\.name) == ["host", "lan", "none"])
            #expect(try network(machine, named: "more").bridge == "uplink")
        }
    }
}
