import JSON
import Linux
import Supervision
import SystemPackage

/// Networks that a container joins and leaves while it runs.
extension Supervisor {
    /// Reads the order again, and does what it says of names and ports now.
    func changeNetwork() throws(SystemError) {
        let path = folder.appending(RunFile.order)
        let bytes = try WholeFile.read(path)
        guard let changed = try? JSON.decode(SupervisionOrder.self, from: bytes) else {
            throw SystemError("read", on: path.string, errno: .invalidArgument)
        }
        noteNetworks("disconnect", besides: changed.journal?.networks ?? [:])
        let former = order.journal?.networks ?? [:]
        order.journal = changed.journal
        noteNetworks("connect", besides: former)
        order.names = changed.names
        order.ports = changed.ports
        order.teardown = changed.teardown
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
