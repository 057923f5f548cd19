import JSON
import Linux
import Supervision
import SystemPackage

/// A host port that is held, and whose traffic goes to the container.
protocol HeldPortRelay: AnyObject {
    /// Gives the port back and ends what goes through it.
    func close()
}

/// Holds host ports, so that a second container that wants one is told so at once.
enum HeldPorts {
    /// Nil for a port that nobody can hold: one that the host has not, or one of a protocol that this kernel knows in
    /// rules alone.
    static func hold(_ port: HeldPort, loop: EventLoop) throws -> (any HeldPortRelay)? {
        guard port.hostPort > 0 else { return nil }
        guard let host = IPAddress(port.hostAddress), let target = IPAddress(port.targetAddress) else {
            throw StartFailure("invalid address: \(port.hostAddress) or \(port.targetAddress)")
        }
        let place = TransportAddress(host, port: port.hostPort)
        let destination = TransportAddress(target, port: port.targetPort)
        do throws(SystemError) {
            switch port.transport {
            case .tcp, .sctp:
                return try ConnectionRelay(port.transport, from: place, to: destination, loop: loop)
            case .udp: return try DatagramRelay(from: place, to: destination, loop: loop)
            }
        } catch {
            guard error.errno != .protocolNotSupported else { return nil }
            guard error.call == "bind", error.errno == .addressInUse else { throw error }
            throw StartFailure("Bind for \(place) failed: port is already allocated\(holder(of: port, at: host))")
        }
    }

    /// Who has the port, for the message: another container by its name, or a program.
    private static func holder(of port: HeldPort, at host: IPAddress) -> String {
        let wanted = HostPort(port.transport, at: host, number: port.hostPort)
        guard let holder = wanted.holder() else { return "" }
        guard let container = container(monitoredBy: holder.pid) else { return " by \(holder.name) (\(holder.pid))" }
        return " by container \(container)"
    }

    /// The name of the container that a monitor looks after; nil if the process is no monitor.
    private static func container(monitoredBy pid: Int32) -> String? {
        guard let line = try? WholeFile.read(FilePath("/proc/\(pid)/cmdline")) else { return nil }
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3, words[1] == "supervise" else { return nil }
        guard let bytes = try? WholeFile.read(FilePath(words[2]).appending(RunFile.order)) else { return nil }
        return try? JSON.decode(SupervisionOrder.self, from: bytes).name
    }
}
