import Glibc
import Linux
import NameResolution
import Supervision
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot) struct HeldHostPorts {
    private let loopback = IPAddress(.v4, number: 0x7f00_0001)

    /// A socket of the test's own that plays the container's program.
    private func target(_ transport: TransportProtocol) throws -> (socket: FileDescriptor, port: UInt16) {
        let socket = try InternetSocket.listen(transport, at: TransportAddress(loopback, port: 0))
        return (socket, try InternetSocket.ownAddress(of: socket).port)
    }

    private func freePort(_ transport: TransportProtocol) throws -> UInt16 {
        let target = try target(transport)
        try target.socket.close()
        return target.port
    }

    private func held(_ transport: TransportProtocol, _ port: UInt16, _ target: UInt16) -> HeldPort {
        HeldPort(
            transport: transport,
            hostAddress: "127.0.0.1",
            hostPort: port,
            targetAddress: "127.0.0.1",
            targetPort: target
        )
    }

    @Test func `carry connections both ways until both sides have ended`() throws {
        try withTemporaryFolder { root in
            let (listener, targetPort) = try target(.tcp)
            let port = try freePort(.tcp)
            let container = try MonitoredProcess("exec sleep 100", in: root) {
                $0.ports = [held(.tcp, port, targetPort)]
            }
            let client = try InternetSocket.connect(.tcp, to: TransportAddress(loopback, port: port))
            try client.awaitEvent(POLLOUT)
            #expect(try client.writeAvailable(Array("question".utf8)) == 8)
            InternetSocket.endWriting(client)
            try listener.awaitEvent(POLLIN)
            let server = try #require(try InternetSocket.accept(on: listener))
            #expect(try server.readToEnd() == "question")
            #expect(try server.writeAvailable(Array("answer".utf8)) == 6)
            try server.close()
            #expect(try client.readToEnd() == "answer")
            for socket in [client, listener] { try socket.close() }
            kill(try container.state().pid, SIGKILL)
            try container.wait()
        }
    }

    @Test func `carry datagrams there and back`() throws {
        try withTemporaryFolder { root in
            let (server, targetPort) = try target(.udp)
            let port = try freePort(.udp)
            let container = try MonitoredProcess("exec sleep 100", in: root) {
                $0.ports = [held(.udp, port, targetPort)]
            }
            let client = try InternetSocket.connect(.udp, to: TransportAddress(loopback, port: port))
            #expect(try client.writeAvailable(Array("question".utf8)) == 8)
            try server.awaitEvent(POLLIN)
            let question = try #require(try InternetSocket.receive(on: server))
            #expect(question.bytes == Array("question".utf8))
            InternetSocket.send(Array("answer".utf8), to: question.from, on: server)
            try client.awaitEvent(POLLIN)
            #expect(try InternetSocket.receive(on: client)?.bytes == Array("answer".utf8))
            for socket in [client, server] { try socket.close() }
            kill(try container.state().pid, SIGKILL)
            try container.wait()
        }
    }

    @Test func `are refused to a second container, which is told who has them`() throws {
        try withTemporaryFolder { root in
            try withTemporaryFolder { other in
                let port = try freePort(.tcp)
                let first = try MonitoredProcess("exec sleep 100", in: root) { $0.ports = [held(.tcp, port, 9)] }
                let second = try MonitoredProcess("exec sleep 100", in: other) { $0.ports = [held(.tcp, port, 9)] }
                let why = "Bind for 127.0.0.1:\(port) failed: port is already allocated by container web-1"
                #expect(second.report == .failed(message: why, code: 125))
                try second.wait()
                kill(try first.state().pid, SIGKILL)
                try first.wait()
            }
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct NamesInContainers {
    private let resolver = TransportAddress(ResolverRedirect.address, port: 53)

    /// The packet that asks for the address of a name, with the number 7.
    private func question(_ name: String) -> [UInt8] {
        let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0, 0, 1, 0, 1]
    }

    private func withContainer(
        upstreams: [String],
        _ body: (MonitoredProcess, FilePath) throws -> Void
    ) throws {
        try withTemporaryFolder { root in
            let namespace = root.appending("netns")
            try NetworkNamespace.create(at: namespace) { _ in
                var socket = try NetlinkSocket(.route)
                try socket.perform(.switchOn(named: "lo"))
            }
            defer { try? NetworkNamespace.remove(at: namespace) }
            let table = NameTable(folder: root.appending("leases"))
            try #require(mkdir(table.folder.string, 0o700) == 0)
            let lease = NameLease(
                containerID: String(repeating: "b", count: 64),
                containerName: "shop-db-1",
                network: "shop_default",
                aliases: ["db"],
                mac: "02:42:ac:12:00:02"
            )
            #expect(try table.claim(IPAddress(.v4, number: 0xac12_0002), for: lease))
            let container = try MonitoredProcess("exec sleep 100", in: root) { order in
                order.networkNamespace = namespace.string
                order.names = NameOrder(tables: [table.folder.string], upstreams: upstreams)
            }
            try body(container, namespace)
            kill(try container.state().pid, SIGKILL)
            try container.wait()
        }
    }

    private func connect(_ transport: TransportProtocol, in namespace: FilePath) throws -> FileDescriptor {
        let place = resolver
        return try NetworkNamespace.enter(namespace) { _ in try InternetSocket.connect(transport, to: place) }
    }

    @Test func `are answered on 127.0.0.11, over UDP and TCP`() throws {
        try withContainer(upstreams: []) { _, namespace in
            let datagrams = try connect(.udp, in: namespace)
            #expect(try datagrams.writeAvailable(question("db")) == question("db").count)
            try datagrams.awaitEvent(POLLIN)
            let answer = try #require(try InternetSocket.receive(on: datagrams)).bytes
            #expect(answer.suffix(4) == [172, 18, 0, 2])
            let stream = try connect(.tcp, in: namespace)
            try stream.awaitEvent(POLLOUT)
            let frame = [0, UInt8(question("db").count)] + question("db")
            #expect(try stream.writeAvailable(frame) == frame.count)
            try stream.awaitEvent(POLLIN)
            var buffer = [UInt8](repeating: 0, count: 512)
            #expect(try stream.readAvailable(into: &buffer) == answer.count + 2)
            for socket in [datagrams, stream] { try socket.close() }
        }
    }

    @Test func `are asked of the servers outside, one after the other`() throws {
        let address = try #require(IPAddress("127.53.7.1"))
        let server = try InternetSocket.listen(.udp, at: TransportAddress(address, port: 53))
        defer { try? server.close() }
        try withContainer(upstreams: ["127.53.7.2", "127.53.7.1"]) { _, namespace in
            let client = try connect(.udp, in: namespace)
            #expect(try client.writeAvailable(question("example.org")) == question("example.org").count)
            try server.awaitEvent(POLLIN)
            let asked = try #require(try InternetSocket.receive(on: server))
            #expect(asked.bytes == question("example.org"))
            var answer = asked.bytes
            answer[2] = 0x81
            InternetSocket.send(answer, to: asked.from, on: server)
            try client.awaitEvent(POLLIN)
            #expect(try InternetSocket.receive(on: client)?.bytes == answer)
            try client.close()
        }
    }
}

extension FileDescriptor {
    /// Waits until poll(2) finds the event.
    fileprivate func awaitEvent(_ event: Int32) throws {
        var waiting = pollfd(fd: rawValue, events: Int16(event), revents: 0)
        try #require(poll(&waiting, 1, 10000) == 1)
    }

    fileprivate func readToEnd() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            try awaitEvent(POLLIN)
            let count = try readAvailable(into: &buffer) ?? 0
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
