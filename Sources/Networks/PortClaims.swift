import JSON
import Linux
import Storage
import SystemPackage

/// Which of the host's ports belong to which container: a folder with a file for each.
///
/// The monitor's listening sockets have the last word; these files are for choosing, and for naming whoever is in the way.
struct PortClaims {
    private let folder: FilePath

    init(root: StateRoot) {
        folder = root.run.appending("ports")
    }

    private struct Claim: Codable {
        var containerID: String
        var containerName: String
    }

    /// Claims a port at all of these addresses; nil is any port that is free at the first. Gives the port's number.
    func claim(
        _ number: UInt16?,
        _ transport: TransportProtocol,
        at addresses: [IPAddress],
        for request: AttachmentRequest
    ) throws -> UInt16 {
        try ClaimFile.makeFolder(folder)
        var number = number
        var claimed: [HostPort] = []
        do {
            for address in addresses {
                let wanted = HostPort(transport, at: address, number: number ?? 0)
                guard let port = try hold(wanted, isExact: number != nil, for: request) else { continue }
                claimed.append(port)
                number = port.number
            }
        } catch {
            for port in claimed { try? ClaimFile.remove(at: file(of: port)) }
            throw error
        }
        return number ?? 0
    }

    /// The file that claims a port.
    func file(of port: HostPort) -> FilePath {
        folder.appending(port.description)
    }

    /// Gives up what a container has.
    func release(container id: String) throws {
        for name in try ClaimFile.names(in: folder) {
            let path = folder.appending(name)
            if try claim(at: path)?.containerID == id { try ClaimFile.remove(at: path) }
        }
    }

    /// Claims one port at one address; nil where the host lacks the address's family altogether.
    private func hold(_ wanted: HostPort, isExact: Bool, for request: AttachmentRequest) throws -> HostPort? {
        var port = wanted
        if !isExact {
            guard let chosen = try listen(on: wanted) else { return nil }
            port.number = chosen
        }
        let claim = Claim(containerID: request.containerID, containerName: request.containerName)
        guard try ClaimFile.create(at: file(of: port), contents: JSON.encode(claim)) else {
            let holder = try self.claim(at: file(of: port))?.containerName
            throw NetworksError.portTaken(port, by: holder.map { .container($0) } ?? .unknown)
        }
        do {
            if let holder = try otherHolder(of: port) { throw NetworksError.portTaken(port, by: holder) }
            if try listen(on: port) != nil { return port }
            try ClaimFile.remove(at: file(of: port))
            return nil
        } catch {
            try? ClaimFile.remove(at: file(of: port))
            throw error
        }
    }

    private func listen(on port: HostPort) throws -> UInt16? {
        do {
            return try port.listenBriefly()
        } catch {
            switch error.errno {
            case .addressInUse:
                let holder = port.holder().map { NetworksError.Holder.process(name: $0.name, pid: $0.pid) }
                throw NetworksError.portTaken(port, by: holder ?? .unknown)
            // This kernel knows the protocol in rules alone.
            case .protocolNotSupported: return port.number > 0 ? port.number : try freeNumber(at: port.address)
            case .addressFamilyNotSupported, .addressNotAvailable:
                guard port.address == IPAddress(.v6, number: 0) else { throw error }
                return nil
            default: throw error
            }
        }
    }

    private func freeNumber(at address: IPAddress) throws(SystemError) -> UInt16 {
        try HostPort(.udp, at: address, number: 0).listenBriefly()
    }

    /// The container with another claim that is in this one's way.
    private func otherHolder(of port: HostPort) throws -> NetworksError.Holder? {
        let end = "-\(port.number)"
        for name in try ClaimFile.names(in: folder) where name.hasSuffix(end) && name != port.description {
            guard let other = HostPort(name), other.conflicts(with: port) else { continue }
            guard let claim = try claim(at: folder.appending(name)) else { continue }
            return .container(claim.containerName)
        }
        return nil
    }

    private func claim(at path: FilePath) throws -> Claim? {
        try ClaimFile.read(at: path).flatMap { try? JSON.decode(Claim.self, from: $0) }
    }
}
