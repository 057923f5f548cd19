import Glibc
import Linux
import Networks
import SystemPackage
import TestSupport
import Testing

/// What a network's options let through, by traffic: from a neighbour of the host's, who knows the way to containers.
@Suite(.tags(.root), .requiresRoot, .serialized) struct GatewayModeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let options: [String: String]
        /// What the neighbour reaches, and the address that it sees when the container asks it.
        let expected: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "by default", options: [:], expected: "host: open, published: shut, other: shut, seen as host"),
        Row(
            name: "nat",
            options: ["bridge.gateway_mode_ipv4": "nat"],
            expected: "host: open, published: shut, other: shut, seen as host"
        ),
        Row(
            name: "nat-unprotected",
            options: ["bridge.gateway_mode_ipv4": "nat-unprotected"],
            expected: "host: open, published: open, other: open, seen as host"
        ),
        Row(
            name: "routed",
            options: ["bridge.gateway_mode_ipv4": "routed"],
            expected: "host: shut, published: open, other: shut, seen as itself"
        ),
        Row(
            name: "from trusted interfaces",
            options: ["bridge.trusted_host_interfaces": "other0:lan"],
            expected: "host: open, published: open, other: shut, seen as host"
        ),
        Row(
            name: "from others than trusted interfaces",
            options: ["bridge.trusted_host_interfaces": "other0"],
            expected: "host: open, published: shut, other: shut, seen as host"
        ),
        Row(
            name: "without masquerading",
            options: ["bridge.enable_ip_masquerade": "false"],
            expected: "host: open, published: shut, other: shut, seen as itself"
        ),
    ]

    @Test(arguments: rows) func `a neighbour reaches what the options say`(row: Row) throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            for (name, value) in row.options { request.options["com.docker.network.\(name)"] = value }
            let found = try reach(request, machine, "192.0.2.1", "192.0.2.9", row.expected)
            #expect(found == row.expected)
        }
    }

    @Test(arguments: [
        ("nat", "host: open, published: shut, other: shut, seen as host"),
        ("nat-unprotected", "host: open, published: open, other: open, seen as host"),
        ("routed", "host: shut, published: open, other: shut, seen as itself"),
    ]) func `the same in version 6`(mode: String, expected: String) throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.pools = [try AddressPool(subnet: "fd00:1::/64")]
            request.hasIPv6 = true
            request.options = ["com.docker.network.bridge.gateway_mode_ipv6": mode]
            let found = try reach(request, machine, "fd00:2::1", "fd00:2::9", expected)
            #expect(found == expected)
        }
    }

    /// Publishes port 80 of a container by port 8080 of the host, listens there and on 81, and says who gets where. What is
    /// expected decides only how long is waited.
    private func reach(
        _ request: NetworkRequest,
        _ machine: Machine,
        _ host: String,
        _ neighbour: String,
        _ expected: String
    ) throws -> String {
        _ = try machine.store.create(request)
        let web = try machine.attach("web", to: ["shop"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
        let family: IPAddress.Family = host.contains(":") ? .v6 : .v4
        let address = try #require(web.endpoints[0].address(family)).description
        let servers = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in
            try [80, 81].map { try TestSocket.listening(on: $0, family) }
        }
        let outside = try NetworkNamespace.enter(machine.neighbour) { _ in try TestSocket.listening(on: 80, family) }
        let states = try [("host", host, 8080), ("published", address, 80), ("other", address, 81)].map {
            (name, address, port: UInt16) in
            let patience: Duration = expected.contains("\(name): open") ? .forSomething : .forNothing
            let error = try connectionError(from: machine.neighbour.string, to: address, port, wait: patience)
            return "\(name): \(error == nil ? "open" : "shut"), "
        }
        #expect(TestSocket(SOCK_STREAM, family).connect(to: address, 81) == nil, "the host itself gets everywhere")
        #expect(try connectionError(from: web.namespace, to: neighbour, 80) == nil)
        let peer = try outside.acceptedPeer()
        let seen = peer == address ? "itself" : peer == host ? "host" : peer
        withExtendedLifetime(servers) {}
        return states.joined() + "seen as \(seen)"
    }

    @Test func `containers elsewhere reach what is published on a routed network by its address`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "open")
            request.options = ["com.docker.network.bridge.gateway_mode_ipv4": "routed"]
            _ = try machine.store.create(request)
            _ = try machine.store.create(NetworkRequest(name: "other"))
            let web = try machine.attach("web", to: ["open"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
            let far = try machine.attach("far", to: ["other"])
            let servers = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in
                try [80, 81].map { try TestSocket.listening(on: $0) }
            }
            #expect(try connectionError(from: far.namespace, to: "172.17.0.2", 80) == nil)
            #expect(try connectionError(from: far.namespace, to: "172.17.0.2", 81, wait: .forNothing) != nil)
            let inner = try NetworkNamespace.enter(FilePath(far.namespace)) { _ in try TestSocket.listening(on: 80) }
            let error = try connectionError(from: web.namespace, to: "172.18.0.2", 80, wait: .forNothing)
            #expect(error != nil && error != .connectionRefused)
            let pings = try NetworkNamespace.enter(machine.neighbour) { _ in
                try ["172.17.0.2", "172.18.0.2"].map { try shell("busybox ping -c 1 -W 1 \($0) > /dev/null") == 0 }
            }
            #expect(pings == [true, false])
            withExtendedLifetime((servers, inner)) {}
            var filter = try NetlinkSocket(.netfilter)
            let before = try filter.tables(prefix: "tutti-").count
            try machine.store.detach(web)
            // What let the port in goes with the container, the network's own rules stay.
            #expect(try filter.tables(prefix: "tutti-").count == before - 1)
        }
    }

    @Test func `a routed port is none of the host's`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "six")
            request.pools = [try AddressPool(subnet: "fd00:1::/64")]
            request.hasIPv6 = true
            request.options = ["com.docker.network.bridge.gateway_mode_ipv6": "routed"]
            _ = try machine.store.create(request)
            let ports: [AttachmentRequest.PortRequest] = [.init(containerPort: 80, hostPorts: 8080...8080)]
            let web = try machine.attach("web", to: ["six"], ports: ports)
            #expect(web.ports.map { "\($0.hostAddress) \($0.hostPort)" } == ["0.0.0.0 8080", ":: 0"])
            let only = try machine.attach(
                "only",
                to: ["six"],
                ports: [.init(containerPort: 80, hostAddress: "::", hostPorts: 8080...8080)]
            )
            #expect(only.ports.map { "\($0.hostAddress) \($0.hostPort)" } == [":: 0"])
        }
    }

    @Test(arguments: [
        ("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("0.0.0.0", ["0.0.0.0", "::"]), ("::", ["::"]),
    ]) func `ports without an address are published where the network says`(binding: String, places: [String]) throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.options = ["com.docker.network.bridge.host_binding_ipv4": binding]
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["shop"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
            #expect(web.ports.map(\.hostAddress) == places)
        }
    }

    @Test func `interfaces are called and sized as the network says`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.options = [
                "com.docker.network.container_iface_prefix": "lan", "com.docker.network.driver.mtu": "1300",
            ]
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["shop"])
            let link = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in
                var route = try NetlinkSocket(.route)
                return try route.link(named: "lan0")
            }
            #expect(link?.mtu == 1300)
        }
    }

    @Test func `the host has no address where its bridge is not to have one`() throws {
        try Machine.run { machine in
            var inhibited = NetworkRequest(name: "inhibited")
            inhibited.options = ["com.docker.network.bridge.inhibit_ipv4": "true"]
            var isolated = NetworkRequest(name: "isolated")
            isolated.isInternal = true
            isolated.options = ["com.docker.network.bridge.gateway_mode_ipv4": "isolated"]
            for request in [inhibited, isolated] {
                let network = try machine.store.create(request)
                var route = try NetlinkSocket(.route)
                let link = try #require(try route.link(named: network.bridge))
                #expect(try !route.addresses().contains { $0.link == link.index && $0.address.family == .v4 })
            }
        }
    }

    @Test func `packets leave with the address that was chosen, and neighbours get in where nothing keeps them`() throws
    {
        try Machine.run { machine in
            var route = try NetlinkSocket(.route)
            let lan = try #require(try route.link(named: "lan"))
            let second = try #require(IPAddress("192.0.2.2"))
            try route.perform(.setAddress(second, in: #require(Subnet("192.0.2.0/24")), of: lan.index))
            var request = NetworkRequest(name: "open")
            request.options = [
                "com.docker.network.host_ipv4": "192.0.2.2",
                "com.docker.network.bridge.gateway_mode_ipv4": "nat-unprotected",
                "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
            ]
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["open"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
            #expect(web.ports.map(\.hostAddress) == ["127.0.0.1"])
            let outside = try NetworkNamespace.enter(machine.neighbour) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80) == nil)
            #expect(try outside.acceptedPeer() == "192.0.2.2")
            let server = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in try TestSocket.listening(on: 81) }
            #expect(try connectionError(from: machine.neighbour.string, to: "172.17.0.2", 81) == nil)
            #expect(try server.acceptedPeer() == "192.0.2.9")
        }
    }

    @Test(arguments: [
        ("bridge.gateway_mode_ipv4", "open", "\"open\" is not a value for it"),
        ("bridge.gateway_mode_ipv6", "isolated", "gateway mode 'isolated' can only be used for an internal network"),
        ("bridge.enable_icc", "perhaps", "\"perhaps\" is not a value for it"),
        ("bridge.enable_ip_masquerade", "maybe", "\"maybe\" is not a value for it"),
        ("bridge.inhibit_ipv4", "so", "\"so\" is not a value for it"),
        ("bridge.host_binding_ipv4", "here", "\"here\" is not a value for it"),
        ("host_ipv4", "fd00::1", "\"fd00::1\" is not a value for it"),
        ("host_ipv6", "10.0.0.1", "\"10.0.0.1\" is not a value for it"),
        ("bridge.name", "a/b", "\"a/b\" is not a value for it"),
        ("bridge.trusted_host_interfaces", "longer-than-a-name", "\"longer-than-a-name\" is not a value for it"),
        ("container_iface_prefix", "longer-than-15", "\"longer-than-15\" is not a value for it"),
        ("driver.mtu", "12", "\"12\" is not a value for it"),
    ]) func `refuses values that mean nothing, before anything is made`(option: String, value: String, reason: String) {
        var request = NetworkRequest(name: "bad")
        request.options = ["com.docker.network.\(option)": value]
        let error = #expect(throws: NetworksError.self) { try request.check() }
        #expect(error?.description == "network option com.docker.network.\(option): \(reason)")
    }

    @Test func `says which options nobody heeds`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "shop")
            request.options = [
                "com.docker.network.bridge.enable_ic": "false", "com.docker.network.driver.mtu": "1400",
                "parent": "lan",
                "com.docker.network.enable_ipv6": "true", "com.docker.network.enable_ipv4": "false",
            ]
            request.pools = [try AddressPool(subnet: "10.5.0.0/24")]
            let network = try machine.store.create(request)
            #expect(
                try machine.store.findings(on: network, made: request) == [
                    "subnet 10.5.0.0/24 has no effect: IPv4 is not enabled",
                    "network option com.docker.network.bridge.enable_ic has no effect: driver bridge does not know it",
                    "network option parent has no effect: driver bridge does not know it",
                ]
            )
            #expect(network.has(.v6) && !network.has(.v4))
        }
    }
}
