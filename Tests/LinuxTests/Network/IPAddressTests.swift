import Linux
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("172.18.0.2", "172.18.0.2"), ("::", "::"), ("::1", "::1"), ("fe80::", "fe80::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::ffff:1.2.3.4", "::ffff:102:304"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func `prints one form of each address`(text: String, expected: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == expected)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "+1.2.3.4", "1.2.3.4 ", ":", ":::", "1::2::3", "12345::",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "::+1",
    ])
    func `refuses what is not an address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `knows the bounds of a subnet`() throws {
        let subnet = try #require(Subnet("172.18.5.6/16"))
        #expect(subnet.description == "172.18.0.0/16")
        #expect(subnet.last.description == "172.18.255.255")
        #expect(subnet.address(at: 1)?.description == "172.18.0.1")
        #expect(subnet.address(at: 65536) == nil)
        #expect(try subnet.contains(#require(IPAddress("172.18.255.1"))))
        #expect(try !subnet.contains(#require(IPAddress("172.19.0.0"))))
        #expect(try subnet.overlaps(#require(Subnet("172.16.0.0/12"))))
        #expect(try !subnet.overlaps(#require(Subnet("172.19.0.0/16"))))
        #expect(try !subnet.overlaps(#require(Subnet("::/0"))))
    }

    @Test func `splits a subnet`() throws {
        let subnet = try #require(Subnet("192.168.0.0/16"))
        let parts = Array(subnet.split(into: 18)).map(\.description)
        #expect(parts == ["192.168.0.0/18", "192.168.64.0/18", "192.168.128.0/18", "192.168.192.0/18"])
        #expect(
            try Array(#require(Subnet("255.0.0.0/8")).split(into: 9)).map(\.description) == [
                "255.0.0.0/9", "255.128.0.0/9",
            ]
        )
        #expect(Array(subnet.split(into: 8)).isEmpty)
    }

    @Test(arguments: ["172.18.0.0", "172.18.0.0/33", "172.18.0.0/-1", "172.18.0.0/016", "x/8"])
    func `refuses what is not a subnet`(text: String) {
        #expect(Subnet(text) == nil)
    }

    @Test func `an interface's address on its link goes with its hardware address`() {
        #expect(HardwareAddress("02:42:ac:11:00:02")?.linkLocal.description == "fe80::42:acff:fe11:2")
    }
}
