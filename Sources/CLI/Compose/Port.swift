import Supervision

extension Compose {
    /// `tutti port`
    struct Port: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE PRIVATE_PORT",
            summary: "Print the public port of a port",
            flags: [CommonFlag.index, transport],
            arity: .exactly(2)
        )

        private static let transport = Flag<String>.text("--protocol", "tcp or udp", default: "tcp")

        private let service: String
        private let port: UInt16
        private let transport: String
        private let index: Int?

        init(_ arguments: Arguments) throws {
            service = arguments.positionals[0]
            let parts = arguments.positionals[1].split(separator: "/", maxSplits: 1)
            guard let port = parts.first.flatMap({ UInt16($0) }) else {
                throw UsageError.conflict("invalid port: \(arguments.positionals[1])")
            }
            self.port = port
            transport = parts.count > 1 ? String(parts[1]) : arguments[Self.transport]
            index = arguments[CommonFlag.index]
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let summary = try session.container(of: service, in: known, index: index)
            let held = summary.heldPorts.first { $0.targetPort == port && $0.transport.rawValue == transport }
            guard let held else { throw Failure("no port \(port)/\(transport) for container \(summary.name)") }
            try Console.print("\(held.place)\n")
            return 0
        }
    }
}

extension Session {
    /// The running container of a service: the one with that number, or the first, replicas before one-off ones.
    func container(of service: String, in known: KnownProject, index: Int? = nil) throws -> ContainerSummary {
        try known.check([service])
        let candidates = try containers(of: known.name).filter { summary in
            guard summary.service == service, summary.status.isActive else { return false }
            return index.map { $0 == 0 || $0 == summary.number && !summary.isOneOff } ?? true
        }
        let first = candidates.min { ($0.isOneOff ? 1 : 0, $0.number) < ($1.isOneOff ? 1 : 0, $1.number) }
        guard let first else {
            guard let index, index > 0 else { throw Failure("service \(service.quoted) is not running") }
            throw Failure("service \(service.quoted) is not running container #\(index)")
        }
        return first
    }
}

extension HeldPort {
    /// The host's port as people write it; empty where the host has none.
    var hostPortText: String { hostPort == 0 ? "" : "\(hostPort)" }

    /// Where the host answers, such as `0.0.0.0:80` and `[::]:80`.
    var place: String { "\(hostAddress.contains(":") ? "[\(hostAddress)]" : hostAddress):\(hostPortText)" }
}
