import Glibc
import Linux
import NameResolution
import Networks
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct AttachmentTests {
    @Test func `connects two containers on one network`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop_default"))
            let web = try machine.attach("web", to: ["shop_default"])
            let db = try machine.attach("db", to: ["shop_default"])
            #expect(web.endpoints.map(\.interface) == ["eth0"])
            #expect(web.endpoints[0].address(.v4)?.description == "172.17.0.2")
            #expect(web.endpoints[0].mac == "02:42:ac:11:00:02")
            #expect(db.endpoints[0].address(.v4)?.description == "172.17.0.3")
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 5432) }
            #expect(try connectionError(from: web.namespace, to: "172.17.0.3", 5432) == nil)
            #expect(try server.acceptedPeer() == "172.17.0.2")
            #expect(try connectionError(from: web.namespace, to: "172.17.0.3", 5433) == .connectionRefused)
        }
    }

    @Test func `lets containers out with the host's address`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop_default"))
            let web = try machine.attach("web", to: ["shop_default"])
            let server = try NetworkNamespace.enter(machine.neighbour) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80) == nil)
            #expect(try server.acceptedPeer() == "192.0.2.1")
        }
    }

    @Test func `keeps networks apart, and neighbours out`() throws {
        try Machine.run { machine in
            for name in ["front", "back"] { _ = try machine.store.create(NetworkRequest(name: name)) }
            let web = try machine.attach("web", to: ["front"])
            let db = try machine.attach("db", to: ["back"])
            let both = try machine.attach("both", to: ["front", "back"])
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 5432) }
            #expect(try connectionError(from: web.namespace, to: "172.18.0.2", 5432, wait: .forNothing) != nil)
            #expect(
                try connectionError(from: machine.neighbour.string, to: "172.18.0.2", 5432, wait: .forNothing) != nil
            )
            #expect(try connectionError(from: both.namespace, to: "172.18.0.2", 5432) == nil)
            #expect(try server.acceptedPeer() == "172.18.0.3")
            #expect(both.primaryEndpoint?.network == "back")
        }
    }

    @Test func `lets nothing out of an internal network`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "vault")
            request.isInternal = true
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["vault"], ports: [.init(containerPort: 80)])
            let db = try machine.attach("db", to: ["vault"])
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 5432) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80) == .networkUnreachable)
            #expect(try connectionError(from: web.namespace, to: "172.17.0.3", 5432) == nil)
            #expect(try server.acceptedPeer() == "172.17.0.2")
            #expect(web.ports.isEmpty && web.names?.upstreams == [] && web.primaryEndpoint == nil)
        }
    }

    @Test func `keeps neighbours on a bridge apart where traffic inside is forbidden`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "cells")
            request.options = ["com.docker.network.bridge.enable_icc": "false"]
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["cells"])
            let db = try machine.attach("db", to: ["cells"])
            let server = try NetworkNamespace.enter(FilePath(db.namespace)) { _ in try TestSocket.listening(on: 5432) }
            let error = try connectionError(from: web.namespace, to: "172.17.0.3", 5432, wait: .forNothing)
            #expect(error != nil && error != .connectionRefused)
            withExtendedLifetime(server) {}
        }
    }

    @Test
    func `publishes a port to neighbours, to the host and to containers elsewhere, and leaves the rest to the monitor`()
        throws
    {
        try Machine.run { machine in
            for name in ["front", "other"] { _ = try machine.store.create(NetworkRequest(name: name)) }
            let web = try machine.attach(
                "web",
                to: ["front"],
                ports: [.init(containerPort: 80, hostPorts: 8080...8080)]
            )
            let near = try machine.attach("near", to: ["front"])
            let far = try machine.attach("far", to: ["other"])
            let server = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: machine.neighbour.string, to: "192.0.2.1", 8080) == nil)
            #expect(try server.acceptedPeer() == "192.0.2.9")
            #expect(TestSocket().connect(to: "192.0.2.1", 8080) == nil)
            #expect(try server.acceptedPeer() == "192.0.2.1")
            #expect(try connectionError(from: far.namespace, to: "192.0.2.1", 8080) == nil)
            #expect(try server.acceptedPeer() == "172.17.0.1")
            let monitor = try TestSocket.listening(on: 8080)
            #expect(TestSocket().connect(to: "127.0.0.1", 8080) == nil)
            #expect(try monitor.acceptedPeer() == "127.0.0.1")
            #expect(try connectionError(from: near.namespace, to: "192.0.2.1", 8080) == nil)
            #expect(try monitor.acceptedPeer() == "172.17.0.3")
            #expect(try connectionError(from: web.namespace, to: "172.17.0.1", 8080) == nil)
            #expect(try monitor.acceptedPeer() == "172.17.0.2")
            #expect(
                web.ports == [
                    HeldPort(
                        transport: .tcp,
                        hostAddress: "0.0.0.0",
                        hostPort: 8080,
                        targetAddress: "172.17.0.2",
                        targetPort: 80
                    ),
                    HeldPort(
                        transport: .tcp,
                        hostAddress: "::",
                        hostPort: 8080,
                        targetAddress: "172.17.0.2",
                        targetPort: 80
                    ),
                ]
            )
        }
    }

    @Test func `leaves nothing when it is undone, however far it came`() throws {
        try Machine.run { machine in
            let network = try machine.store.create(NetworkRequest(name: "front"))
            let web = try machine.attach("web", to: ["front"], ports: [.init(containerPort: 80)])
            #expect(throws: NetworksError.hasActiveEndpoints("front", containers: ["web"])) {
                try machine.store.remove("front")
            }
            try machine.store.detach(web)
            try machine.store.detach(web)
            #expect(throws: (any Error).self) { try machine.attach("web", to: ["front", "missing"]) }
            var wish = AttachmentRequest.EndpointRequest(network: "front")
            wish.interfaceName = "a name that is no interface's"
            let request = AttachmentRequest(
                containerID: String(repeating: "f", count: 64),
                containerName: "bad",
                hostname: "",
                endpoints: [wish]
            )
            #expect(throws: SystemError.self) { try machine.store.attach(request) }
            #expect(
                try machine.left().filter { !$0.hasPrefix("veth") } == [
                    "br-\(network.id.prefix(12))", "tutti-\(network.id.prefix(12))",
                ]
            )
            try machine.store.remove(String(network.id.prefix(6)))
            #expect(try machine.awaitRemoval())
            #expect(try machine.left().filter { !$0.hasPrefix("veth") } == [])
        }
    }

    @Test func `takes over what a start that was cut short has left`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "front"))
            let ports: [AttachmentRequest.PortRequest] = [.init(containerPort: 80, hostPorts: 8080...8080)]
            let first = try machine.attach("web", to: ["front"], ports: ports)
            let second = try machine.attach("web", to: ["front"], ports: ports)
            #expect(first == second)
        }
    }

    @Test func `makes bridge and rules anew when they are gone`() throws {
        try Machine.run { machine in
            let network = try machine.store.create(NetworkRequest(name: "front"))
            var route = try NetlinkSocket(.route)
            var filter = try NetlinkSocket(.netfilter)
            try route.deleteLink(named: network.bridge)
            try filter.deleteTable(.inet, named: "tutti-\(network.id.prefix(12))")
            _ = try machine.attach("web", to: ["front"])
            #expect(try route.link(named: network.bridge)?.isUp == true)
            #expect(try filter.hasTable(.inet, named: "tutti-\(network.id.prefix(12))"))
        }
    }

    @Test func `sets a namespace up as Docker does`() throws {
        try Machine.run { machine in
            let alone = try machine.attach("alone", to: [])
            let settings = [
                "net/ipv4/ping_group_range", "net/ipv4/ip_unprivileged_port_start",
                "net/ipv6/conf/default/disable_ipv6",
            ]
            let (values, links) = try NetworkNamespace.enter(FilePath(alone.namespace)) { _ in
                var route = try NetlinkSocket(.route)
                return (try settings.map { try KernelSetting.read($0) }, try route.links())
            }
            #expect(values == ["0\t2147483647", "0", "1"])
            #expect(links.first { $0.name == "lo" }?.isUp == true)
            #expect(alone.names == nil && alone.ports == [])
        }
    }

    @Test func `gives version 6 addresses where they were asked for`() throws {
        try Machine.run { machine in
            var request = NetworkRequest(name: "six")
            request.pools = [try AddressPool(subnet: "fd00:1::/64")]
            request.hasIPv6 = true
            _ = try machine.store.create(request)
            let web = try machine.attach("web", to: ["six"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
            #expect(web.endpoints[0].addresses.map(\.address.description) == ["172.17.0.2", "fd00:1::2"])
            #expect(web.ports.map(\.targetAddress) == ["172.17.0.2", "fd00:1::2"])
            let found = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in
                var route = try NetlinkSocket(.route)
                return (
                    try route.addresses().map(\.address.description),
                    try route.routes().compactMap(\.gateway?.description)
                )
            }
            #expect(found.0.contains("fd00:1::2"))
            #expect(found.1 == ["172.17.0.1", "fd00:1::1"])
        }
    }

    @Test func `leads questions to the resolver inside`() throws {
        try Machine.run { machine in
            let alone = try machine.attach("alone", to: [])
            let answered = try NetworkNamespace.enter(FilePath(alone.namespace)) { _ in
                let server = TestSocket(SOCK_DGRAM)
                guard server.with("127.0.0.11", 40053, { bind(server.descriptor, $0, $1) }) == 0 else { return "" }
                let listener = try TestSocket.listening(on: 40054)
                try ResolverRedirect.install(udpPort: 1, tcpPort: 1)
                try ResolverRedirect.install(udpPort: 40053, tcpPort: 40054)
                let client = TestSocket(SOCK_DGRAM)
                guard client.connect(to: "127.0.0.11", 53) == nil, send(client.descriptor, "ask", 3, 0) == 3 else {
                    return ""
                }
                var buffer = [UInt8](repeating: 0, count: 16)
                var peer = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let sent = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                        let count = recvfrom(server.descriptor, &buffer, 16, 0, address, &length)
                        return sendto(server.descriptor, buffer, count, 0, address, length)
                    }
                }
                guard sent == 3, TestSocket().connect(to: "127.0.0.11", 53) == nil else { return "" }
                _ = try listener.acceptedPeer()
                let count = recv(client.descriptor, &buffer, 16, 0)
                return String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
            }
            #expect(answered == "ask")
        }
    }

    @Test func `a namespace in use is taken over as it is, and changed where networks have`() throws {
        try Machine.run { machine in
            for name in ["front", "back", "side"] { _ = try machine.store.create(NetworkRequest(name: name)) }
            func request(_ id: Character, _ networks: [String]) -> AttachmentRequest {
                var request = AttachmentRequest(
                    containerID: String(repeating: id, count: 64),
                    containerName: "web-\(id)",
                    hostname: "",
                    endpoints: networks.map { AttachmentRequest.EndpointRequest(network: $0) }
                )
                request.namespaceID = String(repeating: "a", count: 64)
                return request
            }
            var guest: SharedUse? = try machine.store.use(namespace: String(repeating: "a", count: 64))
            let first = try machine.store.attach(request("a", ["front", "back"]))
            try machine.store.detach(first)
            #expect(try NetworkNamespace.enter(FilePath(first.namespace)) { _ in try addresses() }.count == 2)
            let second = try machine.store.attach(request("b", ["side", "back"]))
            #expect(second.endpoints.map(\.network) == ["side", "back"])
            #expect(second.endpoints.map(\.interface) == ["eth0", "eth1"])
            #expect(second.endpoints[1] == first.endpoints[1])
            #expect(try machine.store.endpoints(of: machine.store.find("front")).isEmpty)
            let lease = try #require(try machine.store.endpoints(of: machine.store.find("back")).first?.lease)
            #expect(lease.containerName == "web-b")
            let inside = try NetworkNamespace.enter(FilePath(second.namespace)) { _ in
                var route = try NetlinkSocket(.route)
                return (try addresses(), try route.routes().compactMap(\.gateway?.description))
            }
            #expect(inside.0 == ["172.18.0.2", "172.19.0.2"])
            #expect(inside.1 == ["172.18.0.1"])
            guest = nil
            try machine.store.detach(second)
            for name in ["front", "back", "side"] { try machine.store.remove(name) }
            #expect(try machine.awaitRemoval())
            #expect(try machine.left().filter { !$0.hasPrefix("veth") } == [])
            withExtendedLifetime(guest) {}
        }
    }

    private func addresses() throws -> [String] {
        var route = try NetlinkSocket(.route)
        return try route.addresses().map(\.address).filter { $0.family == .v4 && !$0.isLoopback }.sorted().map(
            \.description
        )
    }
}
