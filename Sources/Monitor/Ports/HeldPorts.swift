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
    static func hold(_ port: HeldPort, loop: EventLoop) throws -> any HeldPortRelay {
        guard let host = IPAddress(port.hostAddress), let target = IPAddress(port.targetAddress) else {
            throw StartFailure("invalid address: \(port.hostAddress) or \(port.targetAddress)")
        }
        let place = TransportAddress(host, port: port.hostPort)
        let destination = TransportAddress(target, port: port.targetPort)
        do throws(SystemError) {
            switch port.transport {
            case .tcp: return try ConnectionRelay(from: place, to: destination, loop: loop)
            case .udp: return try DatagramRelay(from: place, to: destination, loop: loop)
            }
        } catch {
            guard error.call == "bind", error.errno == .addressInUse else { throw error }
            throw StartFailure("Bind for \(place) failed: port is already allocated")
        }
    }
}
