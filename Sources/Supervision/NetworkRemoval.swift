import JSON
public import Linux
import SystemPackage

/// What a network has in the kernel, and what takes it away.
public struct BridgeRemoval: Codable, Hashable, Sendable {
    /// One of the bridge's own addresses.
    public struct Address: Codable, Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// What is reached through it.
        public var subnet: Subnet

        /// An address in a subnet.
        public init(_ address: IPAddress, in subnet: Subnet) {
            self.address = address
            self.subnet = subnet
        }
    }

    /// The name of its filter table in the `inet` family.
    public var table: String
    /// The name of its interface.
    public var bridge: String
    /// The addresses that the host has on it.
    public var addresses: [Address]
    /// What is written on the bridge if it is ours; nil if its name says so.
    public var mark: String?

    /// A value of these parts.
    public init(table: String, bridge: String, addresses: [Address], mark: String?) {
        self.table = table
        self.bridge = bridge
        self.addresses = addresses
        self.mark = mark
    }

    /// Takes bridge and rules away. Not an error if there are none.
    ///
    /// The addresses are free for another network at once. The bridge itself takes the kernel so long that it is not
    /// waited for, unless somebody else may want its name. A bridge that the user had before stays.
    public func perform() throws(SystemError) {
        var filter = try NetlinkSocket(.netfilter)
        try filter.deleteTable(.inet, named: table)
        var route = try NetlinkSocket(.route)
        guard let link = try route.link(named: bridge) else { return }
        if let mark {
            guard link.alias == mark else { return }
            return try route.deleteLink(named: bridge)
        }
        do throws(SystemError) {
            try route.perform(addresses.map { .removeAddress($0.address, in: $0.subnet, of: link.index) })
        } catch {
            guard error.errno == .addressNotAvailable else { throw error }
        }
        try route.performApart(.deleteLink(named: bridge))
    }
}

/// Removes a network that no container is on: done for whoever asks, and for a predefined one by the last that leaves it.
///
/// A start first takes a lease and then looks whether the network is still there; a removal first takes the network away
/// and then looks for leases. So one of the two always sees the other.
public struct NetworkRemoval: Codable, Hashable, Sendable {
    /// What became of it.
    public enum Outcome: Hashable, Sendable {
        /// It is gone.
        case removed
        /// Containers are on it.
        case used
        /// Somebody else has removed it, or is about to.
        case absent
    }

    /// Its identifier: its name may be another's by the time it is removed.
    public var id: String
    /// The folder of its record.
    public var folder: String
    /// Where the folder is until all else is gone, for a sweep to find.
    public var removed: String
    /// The folder of its leases.
    public var leases: String
    /// What it has in the kernel, if it has anything there.
    public var bridge: BridgeRemoval?

    /// A value of these parts.
    public init(id: String, folder: String, removed: String, leases: String, bridge: BridgeRemoval?) {
        self.id = id
        self.folder = folder
        self.removed = removed
        self.leases = leases
        self.bridge = bridge
    }

    /// Removes it unless it is used.
    public func perform() throws -> Outcome {
        guard try isIdle() else { return .used }
        do throws(SystemError) {
            try NameLink.rename(FilePath(folder), to: FilePath(removed))
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return .absent
        }
        do {
            let isOurs = try isRecorded(in: FilePath(removed))
            guard try isOurs && isIdle() else {
                try NameLink.rename(FilePath(removed), to: FilePath(folder))
                return isOurs ? .used : .absent
            }
            try bridge?.perform()
        } catch {
            try? WholeFile.move(FilePath(removed), to: FilePath(folder))
            throw error
        }
        try Removal.tree(FilePath(leases))
        try Removal.tree(FilePath(removed))
        return .removed
    }

    /// Removes it once nobody has come or gone for a while. Returns at once while containers are on it, since the last of
    /// them does this; and if somebody else waits already, who then waits for all.
    public func perform(after patience: Duration) throws {
        while try isIdle(), let turn = try FileLock.take(FilePath(leases).appending(".idle")) {
            while try isIdle() {
                // Without the folder it is gone already.
                guard let change = ClaimFile.lastChange(in: FilePath(leases)) else { return }
                let rest = patience - .nanoseconds(ClaimFile.now - change)
                guard rest > .zero else {
                    _ = try perform()
                    return
                }
                Pause.wait(min(rest, patience))
            }
            // Whoever leaves from now on can have the turn; who left before we look again could not.
            _ = consume turn
        }
    }

    private func isRecorded(in folder: FilePath) throws -> Bool {
        struct Record: Decodable { let id: String }
        return try JSON.decode(Record.self, from: WholeFile.read(folder.appending("record.json"))).id == id
    }

    private func isIdle() throws(SystemError) -> Bool { try ClaimFile.names(in: FilePath(leases)).isEmpty }
}
