/// Published and exposed ports as `ps` shows them: `0.0.0.0:8000-8002->8000-8002/tcp, [::]:80->80/tcp, 9000/tcp`.
struct PortText {
    /// One port of a container.
    struct Port: Hashable {
        var transport: String
        var containerPort: UInt16
        /// Nil for one that is only exposed.
        var host: (address: String, port: UInt16)?

        static func == (left: Port, right: Port) -> Bool { left.key == right.key }

        func hash(into hasher: inout Hasher) { hasher.combine(key) }

        private var key: String { "\(transport) \(containerPort) \(host?.address ?? "") \(host?.port ?? 0)" }
    }

    /// Ports one after the other that are published alike.
    private struct Run {
        let address: String?
        let transport: String
        var container: ClosedRange<UInt16>
        var host: ClosedRange<UInt16>?

        init(_ port: Port) {
            address = port.host?.address
            transport = port.transport
            container = port.containerPort...port.containerPort
            host = port.host.map { $0.port...$0.port }
        }

        func isFollowed(by port: Port) -> Bool {
            guard port.host?.address == address, port.transport == transport else { return false }
            guard port.containerPort == container.upperBound &+ 1 else { return false }
            guard let host, let next = port.host?.port else { return host == nil && port.host == nil }
            return next == host.upperBound &+ 1
        }

        mutating func append(_ port: Port) {
            container = container.lowerBound...port.containerPort
            if let lower = host?.lowerBound, let upper = port.host?.port { host = lower...upper }
        }

        var text: String {
            let ports = "\(PortText.text(container))/\(transport)"
            guard let address, let host else { return ports }
            return "\(address.contains(":") ? "[\(address)]" : address):\(PortText.text(host))->\(ports)"
        }
    }

    static func text(_ ports: [Port]) -> String {
        let sorted = Set(ports).sorted { order($0) < order($1) }
        var runs: [Run] = []
        for port in sorted {
            if let last = runs.last, last.isFollowed(by: port) {
                runs[runs.count - 1].append(port)
            } else {
                runs.append(Run(port))
            }
        }
        // What is published comes before what is only exposed.
        return (runs.filter { $0.host != nil } + runs.filter { $0.host == nil }).map(\.text).joined(separator: ", ")
    }

    private static func order(_ port: Port) -> (String, String, UInt16, UInt16) {
        (port.host?.address ?? "", port.transport, port.containerPort, port.host?.port ?? 0)
    }

    private static func text(_ range: ClosedRange<UInt16>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}
