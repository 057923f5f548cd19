import JSON
public import Linux
public import SystemPackage

/// Which container has which address on one network: a folder with a file for each address, named by it.
///
/// Making the file claims the address, so two starts at once never get the same one, and removing the file is all that
/// it takes to give the address and its names back.
public struct NameTable: Hashable, Sendable {
    /// Where the files are; it means nothing after a reboot.
    public let folder: FilePath

    /// The table in a folder, which need not exist yet for reading.
    public init(folder: FilePath) {
        self.folder = folder
    }

    /// The file that claims an address.
    public func file(of address: IPAddress) -> FilePath {
        folder.appending(address.description)
    }

    /// Claims an address; false if somebody has it. The folder must exist.
    public func claim(_ address: IPAddress, for lease: NameLease) throws -> Bool {
        try ClaimFile.create(at: file(of: address), contents: JSON.encode(lease))
    }

    /// Says anew who has an address that is claimed already.
    public func replace(_ address: IPAddress, with lease: NameLease) throws {
        try WholeFile.replace(file(of: address), with: JSON.encode(lease), isDurable: false, mode: 0o644)
    }

    /// Gives an address back.
    public func release(_ address: IPAddress) throws(SystemError) {
        try ClaimFile.remove(at: file(of: address))
    }

    /// The addresses that are taken.
    public func addresses() throws(SystemError) -> [IPAddress] {
        try ClaimFile.names(in: folder).compactMap { IPAddress($0) }
    }

    /// Who has an address; nil if nobody has, or if the file is not one of ours.
    public func lease(of address: IPAddress) throws(SystemError) -> NameLease? {
        try ClaimFile.read(at: file(of: address), limit: 1 << 16).flatMap { try? JSON.decode(NameLease.self, from: $0) }
    }

    /// Every address with its holder, in order of address.
    public func leases() throws(SystemError) -> [(address: IPAddress, lease: NameLease)] {
        var leases: [(address: IPAddress, lease: NameLease)] = []
        for address in try addresses().sorted() {
            guard let lease = try lease(of: address) else { continue }
            leases.append((address, lease))
        }
        return leases
    }
}
