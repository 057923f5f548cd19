import Containers
import Orchestrator

extension Docker {
    /// `docker network connect`
    struct ConnectNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK CONTAINER",
            summary: "Put a container on a network",
            flags: [alias, driverOption, gatewayPriority, ip, ip6, link, linkLocal],
            arity: .exactly(2)
        )

        private static let alias = Flag.list("--alias", "Name on this network", placeholder: "strings")
        private static let driverOption = Flag.list("--driver-opt", "Option of the endpoint", placeholder: "strings")
        private static let gatewayPriority = Flag<String?>.text(
            "--gw-priority",
            "The highest one supplies the default route"
        )
        private static let ip = Flag<String?>.text("--ip", "IPv4 address")
        private static let ip6 = Flag<String?>.text("--ip6", "IPv6 address")
        private static let link = Flag.list("--link", "Container to know by another name", placeholder: "list")
        private static let linkLocal = Flag.list("--link-local-ip", "Link-local address", placeholder: "strings")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            var wish = EndpointRequest(network: arguments.positionals[0])
            wish.aliases = arguments[Self.alias]
            wish.ipv4 = arguments[Self.ip]
            wish.ipv6 = arguments[Self.ip6]
            wish.linkLocalAddresses = arguments[Self.linkLocal]
            wish.driverOptions = LabelText.labels(arguments[Self.driverOption])
            if let text = arguments[Self.gatewayPriority] {
                guard let priority = Int(text) else {
                    throw UsageError.conflict("invalid argument \(text.quoted) for \"--gw-priority\" flag")
                }
                wish.gatewayPriority = priority
            }
            let links = try arguments[Self.link].map(ContainerLink.init(flag:))
            try session.engine.connect(arguments.positionals[1], to: wish, links: links)
            return 0
        }
    }

    /// `docker network disconnect`
    struct DisconnectNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK CONTAINER",
            summary: "Take a container off a network",
            flags: [force],
            arity: .exactly(2)
        )

        private static let force = Flag.toggle("-f, --force", "Also a container that is no more")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let (network, container) = (arguments.positionals[0], arguments.positionals[1])
            try session.engine.disconnect(container, from: network, isForced: arguments[Self.force])
            return 0
        }
    }
}
