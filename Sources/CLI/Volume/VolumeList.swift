import JSON
import Orchestrator
import Volumes

extension Docker {
    /// `docker volume ls`
    struct VolumeList: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "List volumes",
            flags: [DockerFlag.filter, DockerFlag.format, DockerFlag.quiet],
            arity: .none
        )

        static let listing = Listing(
            [.init("Driver", "DRIVER"), .init("Name", "VOLUME NAME")],
            further: [.init("Mountpoint", "MOUNTPOINT"), .init("Scope", "SCOPE")]
        )

        private let arguments: Arguments
        private let filter: VolumeFilter
        private let names: [NamePattern]

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            let filters = try filters(arguments[DockerFlag.filter], known: ["dangling", "driver", "label", "name"])
            var filter = VolumeFilter()
            filter.isDangling = filters["dangling"]?.last.map { ["true", "1"].contains($0) }
            names = (filters["name"] ?? []).map(NamePattern.init)
            filter.drivers = filters["driver"] ?? []
            filter.labels = filters["label"] ?? []
            self.filter = filter
        }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            let used = try engine.usedVolumes()
            let volumes = try engine.volumes.all().filter { volume in
                filter.matches(volume, isUsed: used.contains(volume.name))
                    && (names.isEmpty || names.contains { $0.matches(volume.name) })
            }
            guard !arguments[DockerFlag.quiet] else {
                try Console.print(volumes.map { "\($0.name)\n" }.joined())
                return 0
            }
            var listing = Self.listing
            listing.rows = volumes.map(Self.row)
            try Console.print(listing.text(arguments[DockerFlag.format]))
            return 0
        }

        /// The fields that templates and JSON know.
        static func row(_ volume: Volume) -> JSONValue {
            let labels = volume.record.labels.sorted { $0.key < $1.key }
            return [
                "Availability": "N/A",
                "Driver": .string(volume.record.driver),
                "Group": "N/A",
                "Label": .object(labels.map { JSONValue.Member($0.key, .string($0.value)) }),
                "Labels": .string(labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
                "Links": "N/A",
                "Mountpoint": .string(volume.mountpoint.string),
                "Name": .string(volume.name),
                "Scope": "local",
                "Size": "N/A",
                "Status": "N/A",
            ]
        }
    }
}
