import Linux
import TestSupport
import Testing

@testable import NameResolution

@Suite struct ResolverTests {
    @Test func `finds a container by name, short identifier, alias and network, in any case`() throws {
        try withShop { resolver in
            for name in ["web-1", "WEB", "a1b2c3d4e5f6", "web.shop_default", "Web-1.Shop_Default"] {
                let packet = question(name, .a)
                guard case .answer(let bytes) = try resolver.decide(packet, over: .udp) else {
                    Issue.record("\(name) is not answered")
                    continue
                }
                #expect(records(bytes) == ["172.18.0.2"], "\(name)")
                #expect(Array(bytes[12..<(packet.count)]) == Array(packet[12...]), "the sender's spelling comes back")
            }
        }
    }

    @Test func `gives every replica of a service, in changing order`() throws {
        try withShop { resolver in
            var orders: Set<[String]> = []
            for _ in 0..<64 {
                guard case .answer(let bytes) = try resolver.decide(question("db", .a), over: .udp) else { return }
                orders.insert(records(bytes))
            }
            #expect(orders == [["172.18.0.3", "172.18.0.4"], ["172.18.0.4", "172.18.0.3"]])
        }
    }

    @Test func `answers a known name of the other family with nothing`() throws {
        try withShop { resolver in
            let expected = Resolver.Decision.answer(
                [0, 7, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0x77, 0x65, 0x62, 0, 0, 28, 0, 1])
            let decision = try resolver.decide(question("web", .aaaa), over: .udp)
            #expect(decision == expected)
        }
    }

    @Test func `lets a record live for 600 seconds`() throws {
        try withShop { resolver in
            guard case .answer(let bytes) = try resolver.decide(question("web", .a), over: .udp) else { return }
            #expect(bytes.suffix(16) == [0xC0, 12, 0, 1, 0, 1, 0, 0, 2, 0x58, 0, 4, 172, 18, 0, 2])
        }
    }

    @Test func `knows the name of an address`() throws {
        try withShop { resolver in
            guard case .answer(let bytes) = try resolver.decide(question("2.0.18.172.in-addr.arpa", .ptr), over: .udp)
            else { return }
            #expect(bytes.suffix(20) == Array("\u{5}web-1\u{C}shop_default\0".utf8))
        }
    }

    @Test(arguments: ["example.com", "9.0.18.172.in-addr.arpa", "web.other", ""])
    func `forwards what it does not know`(name: String) throws {
        try withShop { resolver in
            let decision = try resolver.decide(question(name, .a), over: .udp)
            #expect(decision == .forward)
        }
    }

    @Test func `lets nothing out of internal networks`() throws {
        try withShop(forwards: false) { resolver in
            guard case .answer(let bytes) = try resolver.decide(question("example.com", .a), over: .udp) else { return }
            #expect(bytes[3] & 0xF == DNSOutcome.serverFailure.rawValue)
        }
    }

    @Test func `asks nobody outside after short names where names are to have dots`() throws {
        try withTemporaryFolder { folder in
            var resolver = Resolver(tables: [NameTable(folder: folder)], forwards: true, keepsShortNames: true)
            guard case .answer(let bytes) = try resolver.decide(question("nobody", .aaaa), over: .udp) else {
                Issue.record("the question is passed on")
                return
            }
            #expect(bytes[3] & 0xF == 0 && records(bytes) == [])
            for (name, type) in [("nobody.example", DNSQuery.RecordType.a), ("nobody", .ptr)] {
                #expect(try resolver.decide(question(name, type), over: .udp) == .forward)
            }
        }
    }

    @Test func `notices who comes and goes`() throws {
        try withTemporaryFolder { folder in
            let table = NameTable(folder: folder)
            var resolver = Resolver(tables: [table], forwards: true)
            let cache = try #require(IPAddress("10.0.0.9"))
            let decision = try resolver.decide(question("cache", .a), over: .udp)
            #expect(decision == .forward)
            let lease = NameLease(
                containerID: String(repeating: "c", count: 64),
                containerName: "cache",
                network: "n",
                aliases: [],
                mac: ""
            )
            #expect(try table.claim(cache, for: lease))
            #expect(try !table.claim(cache, for: lease))
            guard case .answer(let bytes) = try resolver.decide(question("cache", .a), over: .udp) else {
                Issue.record("the newcomer is not known")
                return
            }
            #expect(records(bytes) == ["10.0.0.9"])
            try table.release(cache)
            let last = try resolver.decide(question("cache", .a), over: .udp)
            #expect(last == .forward)
        }
    }

    @Test func `cuts an answer that does not fit a datagram, and says so`() throws {
        try withTemporaryFolder { folder in
            let table = NameTable(folder: folder)
            for host in 2..<102 {
                let address = try #require(IPAddress("10.0.0.\(host)"))
                let lease = NameLease(
                    containerID: String(repeating: "0", count: 64),
                    containerName: "r\(host)",
                    network: "n",
                    aliases: ["many"],
                    mac: ""
                )
                #expect(try table.claim(address, for: lease))
            }
            var resolver = Resolver(tables: [table], forwards: true)
            guard case .answer(let small) = try resolver.decide(question("many", .a), over: .udp),
                case .answer(let large) = try resolver.decide(question("many", .a, bufferSize: 1232), over: .udp),
                case .answer(let whole) = try resolver.decide(question("many", .a), over: .tcp)
            else { return }
            #expect(small.count <= 512 && small[2] & 2 == 2 && records(small).count == 30)
            #expect(large.count <= 1232 && large[2] & 2 == 2 && records(large).count == 74)
            #expect(whole[2] & 2 == 0 && Set(records(whole)).count == 100)
        }
    }

    @Test(
        arguments: [
            [],
            [0, 7, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
            [0, 7, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
            [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1],
            [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 14, 0xC0, 12, 0, 1, 0, 1],
            [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 0x61],
            [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0x77, 0x2E, 0x62, 0, 0, 1, 0, 1],
        ] as [[UInt8]]
    )
    func `says nothing to what is not a question`(packet: [UInt8]) throws {
        try withShop { resolver in
            let decision = try resolver.decide(packet, over: .udp)
            #expect(decision == .refuse)
        }
    }

    @Test func `bears any bytes`() {
        var random = SystemRandomNumberGenerator()
        var read = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if let query = DNSQuery(packet: [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1] + bytes) {
                read += 1
                #expect(query.name.utf8.count < 255)
            }
        }
        #expect(read > 0)
    }
}

/// A table with one `web` and two `db`.
private func withShop(forwards: Bool = true, _ body: (inout Resolver) throws -> Void) throws {
    try withTemporaryFolder { folder in
        let table = NameTable(folder: folder)
        let containers = [
            ("172.18.0.2", "a1b2c3d4e5f6", "web-1", "web"), ("172.18.0.3", "b", "db-1", "db"),
            ("172.18.0.4", "c", "db-2", "db"),
        ]
        for (text, id, name, alias) in containers {
            let address = try #require(IPAddress(text))
            let lease = NameLease(
                containerID: id + String(repeating: "0", count: 64 - id.count),
                containerName: name,
                network: "shop_default",
                aliases: [alias, name],
                mac: "02:42:ac:12:00:02"
            )
            #expect(try table.claim(address, for: lease))
        }
        var resolver = Resolver(tables: [table], forwards: forwards)
        try body(&resolver)
    }
}

/// A question with the identifier 7.
private func question(_ name: String, _ type: DNSQuery.RecordType, bufferSize: UInt16? = nil) -> [UInt8] {
    var packet: [UInt8] = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, bufferSize == nil ? 0 : 1]
    for label in name.split(separator: ".") { packet += [UInt8(label.utf8.count)] + Array(label.utf8) }
    packet += [0, 0, UInt8(type.rawValue), 0, 1]
    if let bufferSize { packet += [0, 0, 41, UInt8(bufferSize >> 8), UInt8(bufferSize & 255), 0, 0, 0, 0, 0, 0] }
    return packet
}

/// The addresses in an answer.
private func records(_ answer: [UInt8]) -> [String] {
    var place = 12
    while answer[place] != 0 { place += Int(answer[place]) + 1 }
    place += 5
    return (0..<(Int(answer[6]) << 8 | Int(answer[7]))).map { record in
        answer[(place + record * 16 + 12)..<(place + record * 16 + 16)].map(String.init).joined(separator: ".")
    }
}
