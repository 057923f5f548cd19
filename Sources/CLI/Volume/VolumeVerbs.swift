import JSON
import Orchestrator
import Storage
import Volumes

extension Docker {
    /// `docker volume create`
    struct CreateVolume: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [VOLUME]",
            summary: "Make a volume",
            flags: [driver, DockerFlag.label, option, name],
            arity: .atMost(1)
        )

        private static let driver = Flag<String>.text("-d, --driver", "Driver", default: "local")
        private static let option = Flag.list("-o, --opt", "Option of the driver: NAME=VALUE", placeholder: "map")
        private static let name = Flag<String?>.text("--name", "Name of the volume").hidden

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let volumes = session.engine.volumes
            let labels = LabelText.labels(arguments[DockerFlag.label])
            guard let name = arguments.positionals.first ?? arguments[Self.name] else {
                try Console.print("\(volumes.createAnonymous(labels: labels).name)\n")
                return 0
            }
            let volume = try volumes.create(
                name,
                driver: arguments[Self.driver],
                options: LabelText.labels(arguments[Self.option]),
                labels: labels
            )
            try Console.print("\(volume.name)\n")
            return 0
        }
    }

    /// `docker volume inspect`
    struct InspectVolume: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] VOLUME [VOLUME...]",
            summary: "Tell everything about volumes",
            flags: [DockerFlag.inspectFormat],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let inspection = Inspection(format: arguments[DockerFlag.inspectFormat])
            return try inspection.print(arguments.positionals) { try session.engine.volumes.find($0).inspection }
        }
    }

    /// `docker volume rm`
    struct RemoveVolume: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] VOLUME [VOLUME...]",
            summary: "Remove volumes that no container uses",
            flags: [force],
            arity: .atLeast(1)
        )

        private static let force = Flag.toggle("-f, --force", "Take no offence where there is none")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                do {
                    try session.engine.removeVolume(name)
                } catch VolumeError.notFound where arguments[Self.force] {}
                return name
            }
        }
    }

    /// `docker volume prune`
    struct PruneVolumes: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove volumes that nobody uses",
            flags: [all, PruneFilter.flag(and: "all=true"), DockerFlag.force],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Remove those too that have names")

        private let arguments: Arguments
        private let filter: PruneFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try PruneFilter(arguments, further: ["all"])
        }

        func run(_ session: Session) throws -> Int32 {
            let all = arguments[Self.all] || ["1", "true"].contains(filter["all"] ?? "")
            let kind = all ? "all local volumes" : "anonymous local volumes"
            let warning = "This will remove \(kind) not used by at least one container."
            guard try arguments[DockerFlag.force] || Question.confirm(warning: warning) else { return 0 }
            try Console.print(Self.prune(session, all: all, filter).text(heading: "Deleted Volumes:"))
            return 0
        }

        /// Removes what nobody uses.
        static func prune(_ session: Session, all: Bool, _ filter: PruneFilter) throws -> Pruned {
            var bytes: Int64 = 0
            let removed = try session.engine.pruneVolumes(all: all) { volume in
                guard filter.takes(volume.record.labels, createdAt: volume.record.createdAt) else { return false }
                bytes += DiskUse.bytes(below: volume.mountpoint)
                return true
            }
            return Pruned(names: removed.map(\.name), bytes: bytes)
        }
    }
}

extension Volume {
    /// What `inspect` prints of a volume.
    var inspection: JSONValue {
        [
            "CreatedAt": .string(TimeText.rfc3339(record.createdAt)),
            "Driver": .string(record.driver),
            "Labels": .strings(record.labels),
            "Mountpoint": .string(mountpoint.string),
            "Name": .string(name),
            "Options": record.options.isEmpty ? .null : .strings(record.options),
            "Scope": "local",
        ]
    }
}

extension JSONValue {
    /// An object of texts, in the order of names.
    static func strings(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    /// An array of texts.
    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
