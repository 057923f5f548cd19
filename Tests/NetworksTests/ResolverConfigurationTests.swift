import Linux
import Supervision
import Testing

@testable import Networks

@Suite struct ResolverConfigurationTests {
    @Test func `leads to the resolver inside where networks have names`() throws {
        let host = ResolverConfiguration(text: "# mine\nnameserver 192.0.2.53\nsearch example.com\noptions timeout:1\n")
        let names = NameOrder(tables: ["/t"], upstreams: ["192.0.2.53"])
        let text = try attachment(names: names).resolverConfiguration(host: host)
        #expect(text == "nameserver 127.0.0.11\nsearch example.com\noptions timeout:1 ndots:0\n")
        let asked = try attachment(names: names).resolverConfiguration(search: ["."], options: ["ndots:2"], host: host)
        #expect(asked == "nameserver 127.0.0.11\noptions ndots:2\n")
    }

    @Test func `leads to servers that can be reached on the default bridge`() throws {
        let host = ResolverConfiguration(text: "nameserver 127.0.0.53\nnameserver ::1\nnameserver 192.0.2.53\n")
        let alone = try attachment(names: nil)
        #expect(alone.resolverConfiguration(host: host) == "nameserver 192.0.2.53\n")
        #expect(alone.resolverConfiguration(nameServers: ["1.1.1.1"], host: host) == "nameserver 1.1.1.1\n")
        #expect(
            alone.resolverConfiguration(host: ResolverConfiguration()) == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"
        )
    }

    @Test func `names the container and extra hosts`() throws {
        let text = try attachment(names: nil).hosts(
            hostname: "web",
            domainname: "example.com",
            extraHosts: ["gate=host-gateway", "six:fd00::7", "seven=[fd00::8]"]
        )
        #expect(
            text == """
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::\tip6-localnet
                ff00::\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters
                172.18.0.1\tgate
                fd00::7\tsix
                fd00::8\tseven
                172.18.0.2\tweb.example.com web

                """
        )
        #expect(throws: NetworksError.notAnAddress("a\nb:1.2.3.4")) {
            try attachment(names: nil).hosts(hostname: "web", extraHosts: ["a\nb:1.2.3.4"])
        }
    }
}

private func attachment(names: NameOrder?) throws -> NetworkAttachment {
    let subnet = try #require(Subnet("172.18.0.0/16"))
    let address = NetworkAttachment.Address(
        address: try #require(IPAddress("172.18.0.2")),
        subnet: subnet,
        gateway: try #require(IPAddress("172.18.0.1"))
    )
    let endpoint = NetworkAttachment.Endpoint(
        networkID: "1",
        network: "shop",
        interface: "eth0",
        mac: "02:42:ac:12:00:02",
        addresses: [address],
        aliases: [],
        gatewayPriority: 0,
        isInternal: false
    )
    return NetworkAttachment(
        containerID: "1",
        resource: "/resource",
        namespace: "/ns",
        endpoints: [endpoint],
        names: names,
        ports: [],
        teardown: []
    )
}
