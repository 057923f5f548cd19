import Linux
import Supervision
import SystemPackage

/// Networks that a container joins and leaves while it runs.
extension Supervisor {
    /// Does what a changed order says of names and ports.
    func changeNetwork(to changed: SupervisionOrder) throws(SystemError) {
        let former = order.journal?.networks ?? [:]
        let present = changed.journal?.networks ?? [:]
        noteNetworks("disconnect", besides: present)
        order.journal?.networks = present
        noteNetworks("connect", besides: former)
        order.names = changed.names
        order.ports = changed.ports
        try changeNames()
        try changePorts()
    }

    private func changeNames() throws(SystemError) {
        guard let wanted = order.names, let namespace = order.networkNamespace else {
            names?.close()
            names = nil
            return
        }
        if let names { return names.change(to: wanted) }
        names = try NameServer(wanted, namespace: FilePath(namespace), loop: loop)
    }

    /// What leads elsewhere now is let go first: it may be the same port of the host.
    private func changePorts() throws(SystemError) {
        let wanted = Set(order.ports)
        for (port, relay) in ports where !wanted.contains(port) {
            relay.close()
            ports[port] = nil
        }
        for port in order.ports where ports[port] == nil {
            do {
                ports[port] = try HeldPorts.hold(port, loop: loop)
            } catch let error as SystemError {
                throw error
            } catch {
                throw SystemError("bind", on: "\(error)", errno: .addressInUse)
            }
        }
    }
}
