import Containers
import Orchestrator
import Testing

@testable import CLI

@Suite struct FlagTextTests {
    @Test func `reads what is to be published`() throws {
        let one = try PortSpecification(parsing: "127.0.0.1:8080:80/udp").mappings
        #expect(
            one == [PortMapping(transport: .udp, containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 8080...8080)]
        )
        #expect(
            try PortSpecification(parsing: "9:7/SCTP").mappings
                == [PortMapping(transport: .sctp, containerPort: 7, hostPorts: 9...9)]
        )
        let several = try PortSpecification(parsing: "8000-8001:80-81").mappings
        #expect(several.map(\.containerPort) == [80, 81])
        #expect(several.map(\.hostPorts) == [8000...8000, 8001...8001])
        let free = try PortSpecification(parsing: "9000-9010:80").mappings
        #expect(free == [PortMapping(containerPort: 80, hostPorts: 9000...9010)])
        #expect(try PortSpecification(parsing: "80").mappings == [PortMapping(containerPort: 80)])
        #expect(try PortSpecification(parsing: "[::1]:81:80").mappings.first?.hostAddress == "::1")
    }

    @Test(arguments: ["", "x", "80:", "1-2:3-5", "80/icmp", "host:80:80", "70000", "0"])
    func `refuses what is no port`(text: String) {
        #expect(throws: UsageError.self) { try PortSpecification(parsing: text) }
    }

    @Test func `tells volumes from folders`() throws {
        let volume = try MountRequest(volumeFlag: "data:/var/data:ro", from: "/work")
        #expect(volume.source == .volume(name: "data", subpath: nil, copiesUp: true))
        #expect(volume.isReadOnly)
        let folder = try MountRequest(volumeFlag: "./x/../src:/src", from: "/work")
        #expect(folder.source == .bind(path: "/work/src", createsSource: true, propagation: nil, recursion: .enabled))
        #expect(
            try MountRequest(volumeFlag: "/data", from: "/").source == .volume(name: nil, subpath: nil, copiesUp: true)
        )
        let named = try MountRequest(volumeFlag: "a/b:/c", from: "/work")
        #expect(named.source == .volume(name: "a/b", subpath: nil, copiesUp: true))
        #expect(throws: UsageError.self) { try MountRequest(volumeFlag: "a:b", from: "/") }
        #expect(throws: UsageError.self) { try MountRequest(volumeFlag: "a:/b:rx", from: "/") }
    }

    @Test func `splits words as a shell does`() {
        #expect(ShellWords.split(#"sh -c 'echo "a b"' c\ d """#) == ["sh", "-c", "echo \"a b\"", "c d", ""])
    }

    @Test func `lets go of a container by its keys, and passes on what only looks like them`() {
        var keys = DetachKeys.usual
        #expect(keys.filter([0x61, 0x10, 0x62]) == [0x61, 0x10, 0x62])
        #expect(keys.filter([0x10]) == [])
        #expect(keys.filter([0x11]) == nil)
        #expect(DetachKeys("ctrl-") == nil)
        var named = DetachKeys("DEL,x,ctrl-\\")
        #expect(named?.filter([0x7f, 0x78, 0x1c]) == .some(nil))
    }

    @Test func `matches patterns of a shell`() {
        #expect(Glob.matches("*", "busybox"))
        #expect(Glob.matches("busy*:l?test", "busybox:latest"))
        #expect(!Glob.matches("*", "a/b"))
        #expect(!Glob.matches("busy", "busybox"))
    }
}
