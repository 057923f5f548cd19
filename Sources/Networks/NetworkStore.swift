import JSON
public import Linux
public import NameResolution
public import Storage
import SystemPackage

/// The networks of a root: a folder with a record for each, named by the network.
public struct NetworkStore: Sendable {
    let root: StateRoot

    /// The networks below a root.
    public init(root: StateRoot) {
        self.root = root
    }

    /// The networks there are, by name; `bridge` is among them once it has been used.
    public func list() throws -> [Network] {
        for (name, driver) in Network.predefined where driver != .bridge { _ = try predefined(name, driver) }
        return try ClaimFile.names(in: root.networks).sorted().compactMap(record)
    }

    /// The network of a name, of an identifier, or of the only identifier that begins like this.
    public func find(_ reference: String) throws -> Network {
        if Self.isName(reference), let network = try record(of: reference) { return network }
        if let driver = Network.predefined[reference] { return try predefined(reference, driver) }
        let matches = try list().filter { !reference.isEmpty && $0.id.hasPrefix(reference) }
        if let exact = matches.first(where: { $0.id == reference }) { return exact }
        guard let match = matches.first else { throw NetworksError.notFound(reference) }
        guard matches.count == 1 else { throw NetworksError.ambiguous(reference) }
        return match
    }

    /// Who has which address on a network at present, in order of address.
    public func endpoints(of network: Network) throws(SystemError) -> [(address: IPAddress, lease: NameLease)] {
        try table(of: network).leases()
    }

    /// The folder of a network's leases.
    func table(of network: Network) -> NameTable {
        NameTable(folder: root.leases.appending(network.id))
    }

    /// The record of a name; nil if there is none.
    func record(of name: String) throws -> Network? {
        let path = folder(of: name).appending("record.json")
        guard let bytes = try ClaimFile.read(at: path) else { return nil }
        guard let network = try? JSON.decode(Network.self, from: bytes) else {
            throw NetworksError.damagedRecord(path.string)
        }
        return network
    }

    func folder(of name: String) -> FilePath {
        root.networks.appending(name)
    }

    /// Whether a network may be called so.
    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = bytes.first, isAlphanumeric(first), bytes.count <= 255 else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }
}
