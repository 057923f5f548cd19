import Linux
public import Supervision
import SystemPackage

extension Container {
    /// Tells the monitor of a running container which names and ports it has from now on, and what undoes them.
    ///
    /// - Parameters:
    ///   - networks: the names of the networks that it is on, by identifier; nil for one that shares another's.
    ///   - steps: what undoes the ports, in place of what did until now.
    ///   - removals: what removes the networks that go with the last container on them.
    public func change(
        names: NameOrder?,
        ports: [HeldPort],
        networks: [String: String]? = nil,
        undoneBy steps: [TeardownStep],
        idleRemovals removals: [NetworkRemoval]
    ) throws(ContainerError) {
        try amendOrder { order in
            order.names = names
            order.ports = ports
            if let networks { order.journal?.networks = networks }
            order.teardown =
                steps + order.teardown.filter { !$0.isOfPorts && $0.moment != .whenIdle }
                + removals.map { .removeIdleNetwork($0) }
        }
    }

    /// The text of its `/etc/hosts`, as it is now.
    public func hosts() throws(ContainerError) -> String {
        let path = FilePath(folders.container).appending("hosts")
        let bytes = try systemCall { () throws(SystemError) in try WholeFile.read(path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Changes what it sees as `/etc/hosts` or `/etc/resolv.conf`, while it runs.
    public func write(_ text: String, to file: HostFile) throws(ContainerError) {
        let path = FilePath(folders.container).appending(file.rawValue)
        try systemCall { () throws(SystemError) in try WholeFile.overwrite(path, with: Array(text.utf8)) }
    }

    /// The files that a container has from its host.
    public enum HostFile: String, Sendable {
        case hosts
        case resolverConfiguration = "resolv.conf"
    }
}
