import Glibc
import Linux
import Networks
import Storage
import SystemPackage
import TestSupport

/// A machine of a test's own: a network namespace that stands for the host, at 192.0.2.1 and fd00:2::1 on a network where
/// a neighbour at 192.0.2.9 and fd00:2::9 lives, and a root with nothing in it.
struct Machine {
    let store: NetworkStore
    let root: StateRoot
    let folder: FilePath
    /// The file that the neighbour's namespace is mounted on.
    var neighbour: FilePath { folder.appending("neighbour") }

    /// Runs a test on a machine that is gone afterwards.
    static func run(_ body: (Machine) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let host = folder.appending("host")
            let root = StateRoot(under: folder.appending("root"))
            let machine = Machine(store: NetworkStore(root: root), root: root, folder: folder)
            defer {
                try? NetworkNamespace.remove(at: machine.neighbour)
                try? NetworkNamespace.remove(at: host)
                let left = (try? ClaimFile.names(in: root.networkNamespaces)) ?? []
                for name in left { try? NetworkNamespace.remove(at: root.networkNamespace(name)) }
            }
            try NetworkNamespace.create(at: host) { _ in
                try machine.connectNeighbour()
                try body(machine)
            }
        }
    }

    /// The address of a number on the network outside, in both families.
    private static func outside(_ number: UInt128) -> [IPAddress] {
        [IPAddress(.v4, number: 0xC000_0200 + number), IPAddress(.v6, number: 0xFD00_0002 << 96 + number)]
    }

    private func connectNeighbour() throws {
        var route = try NetlinkSocket(.route)
        let (own, others) = (Self.outside(1), Self.outside(9))
        try route.perform([.switchOn(1), .createBridge(named: "lan", address: HardwareAddress(of: own[0]))])
        guard let bridge = try route.link(named: "lan") else { return }
        let addresses = own + [HardwareAddress(of: own[0]).linkLocal]
        try route.perform(addresses.compactMap { Self.addition(of: $0, to: bridge.index) })
        let cable = VirtualCable(
            name: "neighbour",
            bridge: bridge.index,
            innerName: "eth0",
            innerAddress: HardwareAddress(of: others[0])
        )
        try NetworkNamespace.create(at: neighbour) { namespace in
            try route.perform(.create(cable, into: namespace))
            var inside = try NetlinkSocket(.route)
            try inside.perform(.switchOn(named: "eth0"))
            guard let link = try inside.link(named: "eth0") else { return }
            try inside.perform(others.compactMap { Self.addition(of: $0, to: link.index) })
            try inside.perform(own.map { .addDefaultRoute($0.family, by: $0, through: link.index) })
        }
        for name in ["neighbour", "lan"] { _ = try route.link(named: name) }
    }

    private static func addition(of address: IPAddress, to link: Int32) -> NetlinkMessage? {
        Subnet(address, prefixLength: address.family == .v4 ? 24 : 64).map { .setAddress(address, in: $0, of: link) }
    }

    /// Starts a container's network on networks of these names.
    func attach(_ name: String, to networks: [String], ports: [AttachmentRequest.PortRequest] = []) throws
        -> NetworkAttachment
    {
        let id = String(name.utf8.map { String($0, radix: 16) }.joined().prefix(12))
        var request = AttachmentRequest(
            containerID: id + String(repeating: "0", count: 64 - id.count),
            containerName: name,
            hostname: name,
            endpoints: networks.map { AttachmentRequest.EndpointRequest(network: $0) }
        )
        request.ports = ports
        return try store.attach(request)
    }

    /// Waits until there is no bridge but the machine's own; gives up after five seconds.
    func awaitRemoval() throws -> Bool {
        var route = try NetlinkSocket(.route)
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            if try !route.links().contains(where: { $0.name.hasPrefix("br-") }) { return true }
        }
        return false
    }

    /// Every interface and table but those of the machine itself, and every namespace, lease and port.
    func left() throws -> [String] {
        var route = try NetlinkSocket(.route)
        var filter = try NetlinkSocket(.netfilter)
        let links = try route.links().map(\.name).filter { !["lo", "lan", "neighbour"].contains($0) }
        let own = links.filter { !$0.hasSuffix("0") || $0.hasPrefix("br-") || $0.hasPrefix("veth") }
        let leases = try ClaimFile.names(in: root.leases).flatMap { try ClaimFile.names(in: root.leases.appending($0)) }
        return try own + filter.tables(prefix: "").map(\.name) + leases
            + ClaimFile.names(in: root.networkNamespaces) + ClaimFile.names(in: root.run.appending("attachments"))
            + ClaimFile.names(in: root.run.appending("ports"))
    }
}

/// Runs a command in the network of the calling thread; gives its exit code.
func shell(_ command: String) throws -> Int32 {
    var pid: pid_t = 0
    let words: [UnsafeMutablePointer<CChar>?] = [
        strdup("sh"), strdup("-c"), strdup("PATH=/usr/sbin:$PATH; \(command)"), nil,
    ]
    defer { words.forEach { free($0) } }
    guard posix_spawn(&pid, "/bin/sh", nil, nil, words, environ) == 0 else { return -1 }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status
}
