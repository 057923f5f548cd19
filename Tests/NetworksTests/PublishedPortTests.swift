import Glibc
import Linux
import Networks
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct PublishedPortTests {
    @Test func `names the container that holds a port`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let web = try machine.attach(
                "web-1",
                to: ["shop"],
                ports: [.init(containerPort: 80, hostPorts: 8080...8080)]
            )
            let message =
                "Bind for 0.0.0.0:8080 failed: port is already allocated: port 8080/tcp on 0.0.0.0 is already held by container web-1"
            let same = #expect(throws: NetworksError.self) {
                try machine.attach("db", to: ["shop"], ports: [.init(containerPort: 1, hostPorts: 8080...8080)])
            }
            #expect(same?.description == message)
            let narrower = #expect(throws: NetworksError.self) {
                try machine.attach(
                    "db",
                    to: ["shop"],
                    ports: [.init(containerPort: 1, hostAddress: "127.0.0.1", hostPorts: 8080...8080)]
                )
            }
            #expect(narrower?.description == message.split(separator: "0.0.0.0").joined(separator: "127.0.0.1"))
            let other = try machine.attach(
                "db",
                to: ["shop"],
                ports: [.init(.udp, containerPort: 1, hostPorts: 8080...8080)]
            )
            #expect(other.ports.map(\.hostPort) == [8080, 8080])
            try machine.store.detach(web)
            try machine.store.detach(other)
            _ = try machine.attach("db", to: ["shop"], ports: [.init(containerPort: 1, hostPorts: 8080...8080)])
        }
    }

    @Test func `names the process that holds a port`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let server = try TestSocket.listening(on: 8080)
            let error = #expect(throws: NetworksError.self) {
                try machine.attach("web", to: ["shop"], ports: [.init(containerPort: 80, hostPorts: 8080...8080)])
            }
            #expect(error?.description.hasSuffix("(pid \(getpid()))") == true)
            #expect(try machine.left().filter { $0.contains("8080") } == [])
            withExtendedLifetime(server) {}
        }
    }

    @Test func `takes the first free port of a range`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let server = try TestSocket.listening(on: 8081)
            let ports: [AttachmentRequest.PortRequest] = [.init(containerPort: 80, hostPorts: 8080...8082)]
            let chosen = try ["a", "b"].map { try machine.attach($0, to: ["shop"], ports: ports).ports.map(\.hostPort) }
            #expect(chosen == [[8080, 8080], [8082, 8082]])
            #expect(throws: NetworksError.noFreePort(8080...8082)) {
                try machine.attach("c", to: ["shop"], ports: ports)
            }
            withExtendedLifetime(server) {}
        }
    }

    @Test func `takes any free port, the same for both families`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let web = try machine.attach(
                "web",
                to: ["shop"],
                ports: [.init(containerPort: 80), .init(containerPort: 81)]
            )
            let ports = web.ports.map(\.hostPort)
            #expect(ports.count == 4 && ports[0] == ports[1] && ports[2] == ports[3] && ports[0] != ports[2])
            #expect(ports.allSatisfy { $0 >= 32768 })
        }
    }

    @Test func `publishes on one address of the host`() throws {
        try Machine.run { machine in
            _ = try machine.store.create(NetworkRequest(name: "shop"))
            let web = try machine.attach(
                "web",
                to: ["shop"],
                ports: [
                    .init(containerPort: 80, hostAddress: "192.0.2.1", hostPorts: 8080...8080),
                    .init(containerPort: 81, hostAddress: "127.0.0.1", hostPorts: 8081...8081),
                ]
            )
            let server = try NetworkNamespace.enter(.init(web.namespace)) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: machine.neighbour.string, to: "192.0.2.1", 8080) == nil)
            #expect(try connectionError(from: machine.neighbour.string, to: "192.0.2.1", 8081) == .connectionRefused)
            withExtendedLifetime(server) {}
            #expect(web.ports.map(\.hostAddress) == ["192.0.2.1", "127.0.0.1"])
        }
    }

    @Test func `publishes SCTP by rules, whether or not this kernel has sockets for it`() throws {
        try Machine.run { machine in
            for name in ["shop", "other"] { _ = try machine.store.create(NetworkRequest(name: name)) }
            let ports: [AttachmentRequest.PortRequest] = [.init(.sctp, containerPort: 7000, hostPorts: 9000...9000)]
            let web = try machine.attach("web", to: ["shop"], ports: ports)
            let far = try machine.attach("far", to: ["other"])
            #expect(
                web.ports.map { "\($0.transport) \($0.hostAddress) \($0.hostPort)" } == [
                    "sctp 0.0.0.0 9000", "sctp :: 9000",
                ]
            )
            let inside = try NetworkNamespace.enter(FilePath(web.namespace)) { _ in Association.listening() }
            #expect(try NetworkNamespace.enter(machine.neighbour) { _ in Association.begin(with: "192.0.2.1", 9000) })
            #expect(Association.beginning(on: inside) == "192.0.2.9 -> 7000")
            #expect(
                try NetworkNamespace.enter(FilePath(far.namespace)) { _ in Association.begin(with: "192.0.2.1", 9000) }
            )
            #expect(Association.beginning(on: inside) == "172.17.0.1 -> 7000")
            #expect(try NetworkNamespace.enter(machine.neighbour) { _ in Association.begin(with: "172.17.0.2", 7000) })
            inside.wait(.forNothing)
            #expect(Association.beginning(on: inside) == nil)
            let error = #expect(throws: NetworksError.self) { try machine.attach("db", to: ["shop"], ports: ports) }
            #expect(error?.description.hasSuffix("port 9000/sctp on 0.0.0.0 is already held by container web") == true)
            let another = try machine.attach("db", to: ["shop"], ports: [.init(.sctp, containerPort: 7000)])
            #expect(another.ports.count == 2 && another.ports.allSatisfy { $0.hostPort >= 32768 })
        }
    }

    @Test(arguments: [
        "nft 'add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }'",
        "iptables-legacy --policy FORWARD DROP",
    ])
    func `where others drop what passes through, it is said, and the monitor carries published ports`(
        barrier: String
    ) throws {
        try Machine.run { machine in
            #expect(try shell(barrier) == 0)
            let network = try machine.store.create(NetworkRequest(name: "front"))
            let obstacle = try #require(try machine.store.obstacle(for: network))
            #expect(obstacle.hasPrefix("chain FORWARD of table ip filter drops what passes through this host"))
            let web = try machine.attach(
                "web",
                to: ["front"],
                ports: [.init(containerPort: 80, hostPorts: 8080...8080)]
            )
            let outside = try NetworkNamespace.enter(machine.neighbour) { _ in try TestSocket.listening(on: 80) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80, wait: .forNothing) != nil)
            let monitor = try TestSocket.listening(on: 8080)
            #expect(try connectionError(from: machine.neighbour.string, to: "192.0.2.1", 8080) == nil)
            #expect(try monitor.acceptedPeer() == "192.0.2.9")
            let openings = obstacle.split(separator: "To let them: ")[1].split(separator: "; ")
            #expect(openings.count == 2)
            for command in openings { #expect(try shell(String(command)) == 0) }
            #expect(try connectionError(from: web.namespace, to: "192.0.2.9", 80) == nil)
            #expect(try outside.acceptedPeer() == "192.0.2.1")
        }
    }
}
