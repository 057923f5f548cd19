import Linux
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot) struct NetlinkTests {
    @Test func `makes a bridge with an address and a cable into a namespace`() throws {
        try withTemporaryFolder { folder in
            let inner = folder.appending("inner")
            try NetworkNamespace.create(at: inner) { _ in }
            defer { try? NetworkNamespace.remove(at: inner) }
            try inNamespace(folder.appending("outer")) {
                var socket = try NetlinkSocket(.route)
                let gateway = try #require(IPAddress("10.9.0.1"))
                let subnet = try #require(Subnet("10.9.0.0/24"))
                try socket.perform(.createBridge(named: "br-test", address: HardwareAddress(of: gateway), mtu: 1400))
                let bridge = try #require(try socket.link(named: "br-test"))
                #expect(bridge.kind == "bridge" && bridge.isUp && bridge.mtu == 1400)
                try socket.perform([
                    .setAddress(gateway, in: subnet, of: bridge.index),
                    .setAddress(gateway, in: subnet, of: bridge.index),
                ])
                #expect(try socket.addresses().map(\.address) == [gateway])
                let cable = VirtualCable(
                    name: "veth0",
                    bridge: bridge.index,
                    innerName: "eth0",
                    innerAddress: try #require(HardwareAddress("02:42:0a:09:00:02"))
                )
                let descriptor = try FileDescriptor.open(inner, .readOnly)
                defer { try? descriptor.close() }
                try socket.perform([.create(cable, into: descriptor), .isolatePort("veth0")])
                let outer = try #require(try socket.link(named: "veth0"))
                #expect(outer.bridge == bridge.index && outer.kind == "veth" && outer.isUp)
                try socket.deleteLink(named: "veth0")
                try socket.deleteLink(named: "veth0")
                #expect(try socket.links().map(\.name).filter { $0.hasPrefix("veth") } == [])
            }
        }
    }

    @Test func `says which request was refused and why`() throws {
        try withTemporaryFolder { folder in
            try inNamespace(folder.appending("ns")) {
                var socket = try NetlinkSocket(.route)
                let gateway = try #require(IPAddress("10.9.0.1"))
                let error = #expect(throws: SystemError.self) {
                    try socket.perform([.switchOn(1), .addDefaultRoute(gateway.family, by: gateway, through: 1)])
                }
                #expect(error?.call == "add default route")
                #expect(error?.errno == .networkUnreachable)
                #expect(error?.subject == "by 10.9.0.1 (Nexthop has invalid gateway)")
            }
        }
    }

    @Test func `lists routes`() throws {
        try withTemporaryFolder { folder in
            try inNamespace(folder.appending("ns")) {
                var socket = try NetlinkSocket(.route)
                let address = try #require(IPAddress("10.9.0.2"))
                let gateway = try #require(IPAddress("10.9.0.1"))
                let subnet = try #require(Subnet("10.9.0.0/24"))
                try socket.perform([
                    .switchOn(1), .setAddress(address, in: subnet, of: 1),
                    .addDefaultRoute(gateway.family, by: gateway, through: 1),
                ])
                let routes = try socket.routes().filter { $0.destination?.family != .v6 }
                #expect(routes.map(\.destination) == [nil])
                #expect(routes.map(\.gateway) == [gateway])
            }
        }
    }

    @Test func `makes a table whole, or not at all`() throws {
        try withTemporaryFolder { folder in
            try inNamespace(folder.appending("ns")) {
                var socket = try NetlinkSocket(.netfilter)
                let target = try #require(IPAddress("10.9.0.2"))
                let target6 = try #require(IPAddress("fd00::2"))
                let subnet = try #require(Subnet("10.9.0.0/20"))
                let subnet6 = try #require(Subnet("fd00::/64"))
                let chains = [
                    FilterChain(
                        .arrival,
                        [[.family(.v4), .destinationIsLocal, .port(.tcp, 80), .redirect(target, port: 8080)]]
                    ),
                    FilterChain(.departure, [[.family(.v6), .port(.udp, 53), .redirect(target6, port: 5353)]]),
                    FilterChain(
                        .exit,
                        [
                            [.family(.v4), .source(subnet), .leavesBy("br-0", false), .masquerade],
                            [.source(subnet6), .masquerade],
                        ]
                    ),
                    FilterChain(
                        .passage,
                        [
                            [.leavesBy("br-0"), .isEstablished, .accept], [.leavesBy("br-0"), .isRedirected, .accept],
                            [.arrivedBy("br-0", false), .leavesBy("br-0"), .drop],
                            [.destination(subnet, false), .drop],
                        ]
                    ),
                ]
                try socket.create(FilterTable(name: "tutti-one", chains: chains))
                #expect(try socket.tables(prefix: "tutti-").map(\.name) == ["tutti-one"])
                let again = #expect(throws: SystemError.self) {
                    try socket.create(FilterTable(name: "tutti-one", chains: []))
                }
                #expect(again?.errno == .fileExists)
                let wrong = FilterTable(.ip, name: "tutti-two", chains: [FilterChain(.passage, [[.masquerade]])])
                #expect(throws: SystemError.self) { try socket.create(wrong) }
                #expect(try socket.hasTable(.inet, named: "tutti-one"))
                #expect(try !socket.hasTable(.ip, named: "tutti-two"))
                try socket.deleteTable(.inet, named: "tutti-one")
                try socket.deleteTable(.inet, named: "tutti-one")
                #expect(try socket.tables(prefix: "tutti-").isEmpty)
            }
        }
    }

    @Test func `keeps a namespace on a file, and settings inside`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("ns")
            let outside = try KernelSetting.read("net/ipv4/ip_unprivileged_port_start")
            try NetworkNamespace.create(at: path) { _ in
                _ = try KernelSetting.write("7", to: "net/ipv4/ip_unprivileged_port_start")
            }
            let inside = try NetworkNamespace.enter(path) { _ in
                try KernelSetting.read("net/ipv4/ip_unprivileged_port_start")
            }
            #expect(inside == "7")
            #expect(try KernelSetting.read("net/ipv4/ip_unprivileged_port_start") == outside)
            #expect(throws: SystemError("open", on: path.string, errno: .fileExists)) {
                try NetworkNamespace.create(at: path) { _ in }
            }
            try NetworkNamespace.remove(at: path)
            try NetworkNamespace.remove(at: path)
            #expect(try ClaimFile.names(in: folder) == [])
        }
    }

    @Test func `leaves nothing of a namespace whose set-up did not succeed`() throws {
        try withTemporaryFolder { folder in
            #expect(throws: SystemError.self) {
                try NetworkNamespace.create(at: folder.appending("ns")) { _ in
                    throw SystemError("nothing", errno: .ioError)
                }
            }
            let left = try ClaimFile.names(in: folder)
            #expect(left == [])
        }
    }
}

/// Runs a test in a namespace that is gone afterwards.
private func inNamespace(_ path: FilePath, _ body: @Sendable () throws -> Void) throws {
    defer { try? NetworkNamespace.remove(at: path) }
    try NetworkNamespace.create(at: path) { _ in try body() }
}
