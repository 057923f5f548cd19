import Linux
import NameResolution
import Supervision
import SystemPackage

/// Answers its container's questions about names, inside the container's network namespace.
///
/// Questions to port 53 of 127.0.0.11 are led to ports of the kernel's choice, so that the container may use port 53. What the
/// tables do not know is asked of the servers outside, from the host's namespace.
final class NameServer {
    private let loop: EventLoop
    private let datagrams: FileDescriptor
    private let listener: FileDescriptor
    private var upstreams: [TransportAddress]
    private var resolver: Resolver
    private var queries: [ObjectIdentifier: UpstreamQuery] = [:]
    private var connections: [ObjectIdentifier: NameConnection] = [:]

    /// More questions than this at once are not forwarded.
    private static let maximumQueries = 1024
    private static let maximumConnections = 64
    private static let maximumUpstreams = 3

    init(_ order: NameOrder, namespace: FilePath, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        upstreams = Self.upstreams(order)
        resolver = Self.resolver(order)
        (datagrams, listener) = try OwnProcess.inNetwork(namespace) { () throws(SystemError) in
            // Whoever shares the namespace has a resolver of its own, and any of them answers for all.
            let place = TransportAddress(ResolverRedirect.address, port: order.port ?? 0)
            let datagrams = try InternetSocket.listen(.udp, at: place, isShared: order.port != nil)
            let listener = try InternetSocket.listen(.tcp, at: place, isShared: order.port != nil)
            try ResolverRedirect.install(
                udpPort: InternetSocket.ownAddress(of: datagrams).port,
                tcpPort: InternetSocket.ownAddress(of: listener).port,
                isShared: order.port != nil
            )
            return (datagrams, listener)
        }
        try loop.watch(datagrams, for: .readable) { [unowned self] _ in receive() }
        try loop.watch(listener, for: .readable) { [unowned self] _ in accept() }
    }

    /// Answers from other tables from now on.
    func change(to order: NameOrder) {
        upstreams = Self.upstreams(order)
        resolver = Self.resolver(order)
    }

    private static func upstreams(_ order: NameOrder) -> [TransportAddress] {
        order.upstreams.compactMap(IPAddress.init).prefix(maximumUpstreams).map { TransportAddress($0, port: 53) }
    }

    private static func resolver(_ order: NameOrder) -> Resolver {
        Resolver(
            tables: order.tables.map { NameTable(folder: FilePath($0)) },
            forwards: !order.upstreams.isEmpty,
            keepsShortNames: order.keepsShortNames ?? false,
            links: order.links ?? [:]
        )
    }

    func close() {
        for descriptor in [datagrams, listener] {
            loop.forget(descriptor)
            try? descriptor.close()
        }
        for query in queries.values { query.cancel() }
        for connection in connections.values { connection.close() }
    }

    /// Answers one packet, now or when a server outside has answered.
    func answer(_ packet: [UInt8], over transport: DNSTransport, _ reply: @escaping ([UInt8]) -> Void) {
        guard let query = DNSQuery(packet: packet) else { return }
        do throws(SystemError) {
            switch try resolver.decide(packet, over: transport) {
            case .answer(let bytes): reply(bytes)
            case .refuse: return
            case .forward: forward(packet, query, over: transport, reply)
            }
        } catch {
            reply(query.answer(.serverFailure))
        }
    }

    private func forward(
        _ packet: [UInt8],
        _ query: DNSQuery,
        over transport: DNSTransport,
        _ reply: @escaping ([UInt8]) -> Void
    ) {
        guard queries.count < Self.maximumQueries else { return reply(query.answer(.refused)) }
        let upstream = UpstreamQuery(packet, to: upstreams, over: transport, loop: loop)
        let identifier = ObjectIdentifier(upstream)
        queries[identifier] = upstream
        upstream.ended = { [unowned self] answer in
            queries[identifier] = nil
            reply(answer ?? query.answer(.serverFailure))
        }
        upstream.begin()
    }

    private func receive() {
        guard let datagram = try? InternetSocket.receive(on: datagrams) else { return }
        let socket = datagrams
        answer(datagram.bytes, over: .udp) { InternetSocket.send($0, to: datagram.from, on: socket) }
    }

    private func accept() {
        guard let socket = try? InternetSocket.accept(on: listener) else { return }
        guard connections.count < Self.maximumConnections,
            let connection = try? NameConnection(socket, server: self, loop: loop)
        else {
            try? socket.close()
            return
        }
        let identifier = ObjectIdentifier(connection)
        connections[identifier] = connection
        connection.ended = { [unowned self] in connections[identifier] = nil }
    }
}
