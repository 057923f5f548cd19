import Linux
import Networks
import SystemPackage
import TestSupport
import Testing

/// What addresses come from, and who gets which.
@Suite(.tags(.root), .requiresRoot, .serialized) struct AddressPoolTests {
    private func create(
        _ name: String,
        _ pools: [AddressPool],
        on machine: Machine,
        driver: String = "bridge"
    ) throws -> Network {
        var request = NetworkRequest(name: name)
        request.driver = driver
        request.pools = pools
        request.hasIPv6 = pools.contains { $0.subnet.family == .v6 }
        return try machine.store.create(request)
    }

    private func attach(_ name: String, at address: String?, to network: String, on machine: Machine) throws
        -> NetworkAttachment
    {
        var wish = AttachmentRequest.EndpointRequest(network: network)
        wish.ipv4 = address.flatMap { $0.contains(":") ? nil : $0 }
        wish.ipv6 = address.flatMap { $0.contains(":") ? $0 : nil }
        let id = String(name.utf8.map { String($0, radix: 16) }.joined().prefix(12))
        return try machine.store.attach(
            AttachmentRequest(
                containerID: id + String(repeating: "0", count: 64 - id.count),
                containerName: name,
                hostname: name,
                endpoints: [wish]
            )
        )
    }

    @Test func `a network without a bridge takes from one pool after the other`() throws {
        try Machine.run { machine in
            #expect(try shell("ip link add uplink type veth peer name plug") == 0)
            var request = NetworkRequest(name: "lan")
            request.driver = "macvlan"
            request.options = ["parent": "uplink"]
            request.pools = [try AddressPool(subnet: "10.5.0.0/30"), try AddressPool(subnet: "10.6.0.0/24")]
            _ = try machine.store.create(request)
            func address(_ name: String, _ wish: String? = nil) throws -> String? {
                let endpoint = try attach(name, at: wish, to: "lan", on: machine).endpoints[0]
                return endpoint.addresses.map { "\($0.address) in \($0.subnet)" }.first
            }
            #expect(try address("c", "10.6.0.9") == "10.6.0.9 in 10.6.0.0/24")
            #expect(try address("a") == "10.5.0.2 in 10.5.0.0/30")
            #expect(try address("b") == "10.6.0.2 in 10.6.0.0/24")
        }
    }

    @Test(arguments: [
        (
            "bridge", ["10.5.0.0/24", "10.6.0.0/24"],
            "bridge driver doesn't support multiple subnets: more than one is IPv4"
        ),
        (
            "macvlan", ["10.5.0.0/16", "10.5.7.0/24"],
            "subnet 10.5.7.0/24: multiple overlapping subnet configuration is not supported"
        ),
        (
            "bridge", ["10.9.128.0/17"],
            "subnet 10.9.128.0/17: Pool overlaps with other one on this address space: network taken"
        ),
        (
            "bridge", ["fd00:9::/80"],
            "subnet fd00:9::/80: Pool overlaps with other one on this address space: network taken"
        ),
    ]) func `subnets that cannot be together are refused`(driver: String, subnets: [String], message: String) throws {
        try Machine.run { machine in
            let taken = [try AddressPool(subnet: "10.9.0.0/16"), try AddressPool(subnet: "fd00:9::/64")]
            _ = try create("taken", taken, on: machine)
            let error = #expect(throws: NetworksError.self) {
                try create("bad", subnets.map { try AddressPool(subnet: $0) }, on: machine, driver: driver)
            }
            #expect(error?.description == message)
        }
    }

    @Test(
        arguments: [
            ("10.0.0.300/8", nil, nil, "\"10.0.0.300/8\" is not a subnet such as 172.28.0.0/16"),
            ("10.5.0.0/24", "10.6.0.1", nil, "10.6.0.1 lies outside of 10.5.0.0/24"),
            ("10.5.0.0/24", nil, "10.5.0.0/16", "10.5.0.0/16 lies outside of 10.5.0.0/24"),
            ("10.5.0.0/24", "gate", nil, "\"gate\" is not an IP address"),
        ] as [(String, String?, String?, String)]
    ) func `what contradicts a subnet is refused`(
        subnet: String,
        gateway: String?,
        range: String?,
        message: String
    ) {
        let error = #expect(throws: NetworksError.self) {
            try AddressPool(subnet: subnet, gateway: gateway, range: range)
        }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        ("10.5.0.9", "network shop: Address already in use: 10.5.0.9 is held by container web"),
        ("fd00:5::9", "network shop: Address already in use: fd00:5::9 is held by container web6"),
        ("10.5.0.1", "network shop: Address already in use: 10.5.0.1 is held by another process"),
        ("10.5.0.7", "network shop: Address already in use: 10.5.0.7 is held by another process"),
        ("10.6.0.9", "network shop: no configured subnet contains IP address 10.6.0.9"),
        ("10.5.0", "\"10.5.0\" is not an IP address"),
    ]) func `an address that somebody has, or nobody can have, is refused`(address: String, message: String) throws {
        try Machine.run { machine in
            let pools = [
                try AddressPool(subnet: "10.5.0.0/24", reserved: ["printer": "10.5.0.7"]),
                try AddressPool(subnet: "fd00:5::/64"),
            ]
            _ = try create("shop", pools, on: machine)
            let web = try attach("web", at: "10.5.0.9", to: "shop", on: machine)
            _ = try attach("web6", at: "fd00:5::9", to: "shop", on: machine)
            let error = #expect(throws: NetworksError.self) { try attach("db", at: address, to: "shop", on: machine) }
            #expect(error?.description == message)
            try machine.store.detach(web)
            #expect(try attach("db", at: "10.5.0.9", to: "shop", on: machine).endpoints[0].addresses.count == 2)
        }
    }

    @Test(
        arguments: [
            ("fd00:5::9", nil, "invalid IPv4 address: fd00:5::9"), (nil, "10.5.0.9", "invalid IPv6 address: 10.5.0.9"),
        ] as [(String?, String?, String)]
    )
    func `an address of the other family is refused`(ipv4: String?, ipv6: String?, message: String) throws {
        try Machine.run { machine in
            let pools = [try AddressPool(subnet: "10.5.0.0/24"), try AddressPool(subnet: "fd00:5::/64")]
            let shop = try create("shop", pools, on: machine)
            var wish = AttachmentRequest.EndpointRequest(network: "shop")
            (wish.ipv4, wish.ipv6) = (ipv4, ipv6)
            let request = AttachmentRequest(
                containerID: String(repeating: "a", count: 64),
                containerName: "web",
                hostname: "web",
                endpoints: [wish]
            )
            let error = #expect(throws: NetworksError.self) { try machine.store.attach(request) }
            #expect(error?.description == message)
            #expect(try machine.store.endpoints(of: shop).isEmpty)
        }
    }

    @Test func `who gets one address and is refused the other has neither`() throws {
        try Machine.run { machine in
            let pools = [try AddressPool(subnet: "10.5.0.0/24"), try AddressPool(subnet: "fd00:5::/64")]
            let shop = try create("shop", pools, on: machine)
            _ = try machine.store.create(NetworkRequest(name: "other"))
            _ = try attach("web", at: "fd00:5::9", to: "shop", on: machine)
            let db = try attach("db", at: nil, to: "other", on: machine)
            var wish = AttachmentRequest.EndpointRequest(network: "shop")
            wish.ipv6 = "fd00:5::9"
            let request = AttachmentRequest(
                containerID: db.containerID,
                containerName: "db",
                hostname: "db",
                endpoints: [AttachmentRequest.EndpointRequest(network: "other"), wish]
            )
            #expect(throws: NetworksError.self) { try machine.store.rearrange(request) }
            #expect(try machine.store.endpoints(of: shop).map(\.lease.containerName) == ["web", "web"])
        }
    }

    @Test func `nobody chooses an address where the subnet is chance`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let error = #expect(throws: NetworksError.self) {
                try attach("web", at: "172.17.0.9", to: "shop", on: machine)
            }
            #expect(error == .notFixed(network: "shop"))
        }
    }

    @Test func `the default route goes by priority, then both families, then the name`() throws {
        try Machine.run { machine in
            var six = NetworkRequest(name: "six")
            six.hasIPv6 = true
            var inside = NetworkRequest(name: "a-inside")
            inside.isInternal = true
            for request in [NetworkRequest(name: "b"), NetworkRequest(name: "c"), six, inside] {
                _ = try machine.store.create(request)
            }
            func primary(_ wishes: [(String, Int)]) throws -> String? {
                var request = AttachmentRequest(
                    containerID: String(repeating: "e", count: 64),
                    containerName: "web",
                    hostname: "",
                    endpoints: []
                )
                request.endpoints = wishes.map { name, priority in
                    var wish = AttachmentRequest.EndpointRequest(network: name)
                    wish.gatewayPriority = priority
                    return wish
                }
                let attachment = try machine.store.attach(request)
                let gateways = try NetworkNamespace.enter(FilePath(attachment.namespace)) { _ in
                    var route = try NetlinkSocket(.route)
                    return try route.routes().filter { $0.destination == nil && $0.family == .v4 }.compactMap(\.gateway)
                }
                try machine.store.detach(attachment)
                guard let gateway = gateways.first else { return nil }
                #expect(gateways.count == 1)
                return try machine.store.list().first { $0.pool(of: gateway) != nil }?.name
            }
            #expect(try primary([("c", 0), ("b", 0)]) == "b")
            #expect(try primary([("b", 0), ("six", 0)]) == "six")
            #expect(try primary([("b", 0), ("six", 0), ("c", 1)]) == "c")
            #expect(try primary([("b", 0), ("six", -1)]) == "b")
            #expect(try primary([("a-inside", 100), ("c", 0)]) == "c")
            #expect(try primary([("a-inside", 100)]) == nil)
        }
    }
}
