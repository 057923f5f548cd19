import Linux
import Networks
import Orchestrator

extension Docker {
    /// `docker network create`
    struct CreateNetwork: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NETWORK",
            summary: "Make a network",
            flags: [
                driver, addressManager, subnet, gateway, range, auxiliary, isInternal, ipv4, ipv6, DockerFlag.label,
                option, attachable,
            ],
            arity: .exactly(1)
        )

        private static let driver = Flag<String>.text("-d, --driver", "Driver", default: "bridge")
        private static let addressManager = Flag<String>.text(
            "--ipam-driver",
            "Driver that gives addresses out: default",
            default: "default"
        )
        private static let subnet = Flag.list("--subnet", "Addresses in CIDR notation", placeholder: "strings")
        private static let gateway = Flag.list("--gateway", "The bridge's own address", placeholder: "strings")
        private static let range = Flag.list("--ip-range", "Part of the addresses to give out", placeholder: "strings")
        private static let auxiliary = Flag.list(
            "--aux-address",
            "Address not to give out: NAME=ADDRESS",
            placeholder: "map"
        )
        private static let isInternal = Flag.toggle("--internal", "Let nothing on it reach anything outside")
        private static let ipv4 = Flag.toggle("--ipv4", "Give out IPv4 addresses", default: true)
        private static let ipv6 = Flag.toggle("--ipv6", "Give out IPv6 addresses")
        private static let option = Flag.list("-o, --opt", "Option of the driver: NAME=VALUE", placeholder: "map")
        private static let attachable = Flag.toggle("--attachable", "Only kept: containers may join any network")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            var request = Networks.NetworkRequest(name: arguments.positionals[0])
            request.driver = arguments[Self.driver]
            guard ["", "default"].contains(arguments[Self.addressManager]) else {
                throw NetworksError.unsupportedAddressManager(arguments[Self.addressManager])
            }
            request.isInternal = arguments[Self.isInternal]
            request.isAttachable = arguments[Self.attachable]
            request.hasIPv4 = arguments[Self.ipv4]
            request.hasIPv6 = arguments[Self.ipv6]
            request.labels = LabelText.labels(arguments[DockerFlag.label])
            request.options = LabelText.labels(arguments[Self.option])
            request.pools = try pools()
            let network = try session.engine.networks.create(request)
            for finding in try session.engine.networks.findings(on: network, made: request) {
                Console.note("WARNING: \(finding)")
            }
            try Console.print("\(network.id)\n")
            return 0
        }

        /// Refuses what lies in none of the subnets.
        private func checkBelonging(_ auxiliary: [String: String]) throws {
            let subnets = arguments[Self.subnet].compactMap { Subnet($0) }
            let kinds = [
                ("gateway", arguments[Self.gateway]), ("ip-range", arguments[Self.range]),
                ("aux-address", auxiliary.values.sorted()),
            ]
            for (kind, texts) in kinds {
                for text in texts {
                    let address = Subnet(text)?.base ?? IPAddress(text)
                    guard !subnets.contains(where: { subnet in address.map { subnet.contains($0) } ?? false }) else {
                        continue
                    }
                    throw Failure("no matching subnet for \(kind) \(text)")
                }
            }
        }

        /// A pool a subnet; gateways, ranges and the rest belong to the subnet that they lie in.
        private func pools() throws -> [AddressPool] {
            let auxiliary = LabelText.labels(arguments[Self.auxiliary])
            try checkBelonging(auxiliary)
            return try arguments[Self.subnet].map { text in
                guard let subnet = Subnet(text) else { throw NetworksError.notASubnet(text) }
                let isInside = { (text: String) in IPAddress(text).map { subnet.contains($0) } ?? false }
                return try AddressPool(
                    subnet: text,
                    gateway: arguments[Self.gateway].first(where: isInside),
                    range: arguments[Self.range].first { Subnet($0).map { subnet.contains($0.base) } ?? false },
                    reserved: auxiliary.filter { isInside($0.value) }
                )
            }
        }
    }
}
