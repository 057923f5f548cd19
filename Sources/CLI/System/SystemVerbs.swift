import Builder
import Containers
import Images
import JSON
import Linux
import Orchestrator
import Storage
import SystemPackage
import Volumes

extension Docker {
    /// `docker version`
    struct Version: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show the version",
            flags: [DockerFlag.inspectFormat],
            arity: .none
        )

        private let format: String

        init(_ arguments: Arguments) throws { format = arguments[DockerFlag.inspectFormat] }

        func run(_ session: Session) throws -> Int32 {
            let part: JSONValue = [
                "Version": .string(Compose.Version.dockerNumber), "ApiVersion": "1.52", "Os": "linux",
                "Arch": .string(Host.architecture),
                "KernelVersion": .string(Host.kernel),
            ]
            let value: JSONValue = ["Client": part, "Server": part]
            switch format {
            case "json": try Console.print("\(value)\n")
            case "":
                let lines = [
                    "Client: Tutti", " Version:    \(Compose.Version.dockerNumber)",
                    " OS/Arch:    linux/\(Host.architecture)",
                ]
                try Console.print(lines.map { "\($0)\n" }.joined())
            default: try Console.print(Template(parsing: format).render(value) + "\n")
            }
            return 0
        }
    }

    /// `docker info`
    struct Info: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show what there is",
            flags: [DockerFlag.inspectFormat],
            arity: .none
        )

        private let format: String

        init(_ arguments: Arguments) throws { format = arguments[DockerFlag.inspectFormat] }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            let states = try engine.containers.all().map { try $0.status.word }
            let count = { (word: String) in states.count { $0 == word } }
            let value: JSONValue = [
                "Containers": .integer(Int64(states.count)),
                "ContainersRunning": .integer(Int64(count("running") + count("restarting"))),
                "ContainersPaused": .integer(Int64(count("paused"))),
                "ContainersStopped": .integer(Int64(count("exited") + count("created") + count("dead"))),
                "Images": .integer(Int64(try engine.images.list().count)),
                "Driver": "overlay2",
                "CgroupDriver": "cgroupfs",
                "CgroupVersion": .string((try? CgroupLayout.current().version) ?? ""),
                "SecurityOptions": .strings(
                    (AppArmor.isEnabled ? ["name=apparmor"] : []) + ["name=seccomp,profile=builtin", "name=cgroupns"]
                ),
                "DockerRootDir": .string(session.root.data.string),
                "KernelVersion": .string(Host.kernel),
                "OSType": "linux",
                "Architecture": .string(Host.architecture),
                "ServerVersion": .string(Compose.Version.dockerNumber),
            ]
            switch format {
            case "json": try Console.print("\(value)\n")
            case "":
                guard case .object(let members) = value else { return 0 }
                try Console.print(members.map { " \($0.name): \($0.value.templateText)\n" }.joined())
            default: try Console.print(Template(parsing: format).render(value) + "\n")
            }
            return 0
        }
    }

    /// `docker system df`
    struct DiskFree: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show how much room things take",
            flags: [DockerFlag.format, verbose],
            arity: .none
        )

        private static let verbose = Flag.toggle("-v, --verbose", "Show each of them")

        private let format: String
        private let isVerbose: Bool

        init(_ arguments: Arguments) throws {
            format = arguments[DockerFlag.format]
            isVerbose = arguments[Self.verbose]
            guard !isVerbose || format == "table" else {
                throw UsageError.conflict("the verbose and the format options conflict")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            guard !isVerbose else {
                try Console.print(DiskListing(session).text)
                return 0
            }
            var listing = Listing([
                .init("Type", "TYPE"), .init("TotalCount", "TOTAL"), .init("Active", "ACTIVE"), .init("Size", "SIZE"),
                .init("Reclaimable", "RECLAIMABLE"),
            ])
            let engine = session.engine
            let containers = try engine.containers.all()
            listing.rows = [
                try images(engine, containers),
                try self.containers(containers),
                try volumes(engine),
                try cache(session),
            ]
            try Console.print(listing.text(format))
            return 0
        }

        private struct DiskItem {
            var bytes: Int64
            var isActive: Bool
        }

        private func images(_ engine: LocalEngine, _ containers: [Container]) throws -> JSONValue {
            let used = Set(containers.map(\.configuration.imageID))
            let items = try engine.images.list().map { DiskItem(bytes: $0.size, isActive: used.contains("\($0.id)")) }
            return row("Images", items)
        }

        private func containers(_ containers: [Container]) throws -> JSONValue {
            let items = try containers.map { container in
                DiskItem(bytes: DiskUse.bytes(below: container.upperFolder), isActive: try container.status.isActive)
            }
            return row("Containers", items)
        }

        private func volumes(_ engine: LocalEngine) throws -> JSONValue {
            let used = try engine.usedVolumes()
            let items = try engine.volumes.all().map { volume in
                DiskItem(bytes: DiskUse.bytes(below: volume.mountpoint), isActive: used.contains(volume.name))
            }
            return row("Local Volumes", items)
        }

        /// What images have too counts as theirs.
        private func cache(_ session: Session) throws -> JSONValue {
            let items = try CacheStore(root: session.root, images: session.engine.images).items()
            return row(
                "Build Cache",
                items.map { DiskItem(bytes: $0.isShared ? 0 : $0.size, isActive: !$0.isReclaimable) }
            )
        }

        private func row(_ type: String, _ items: [DiskItem]) -> JSONValue {
            let total = items.reduce(0) { $0 + $1.bytes }
            let free = items.filter { !$0.isActive }.reduce(0) { $0 + $1.bytes }
            let share = total > 0 ? " (\(free * 100 / total)%)" : ""
            return [
                "Active": .string("\(items.count { $0.isActive })"),
                "Reclaimable": .string(ByteSize(free).decimal() + share),
                "Size": .string(ByteSize(total).decimal()),
                "TotalCount": .string("\(items.count)"),
                "Type": .string(type),
            ]
        }
    }

    /// `docker system prune`
    struct PruneSystem: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Remove what nobody uses",
            flags: [all, PruneFilter.flag, volumes, DockerFlag.force],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Remove images too that have names")
        private static let volumes = Flag.toggle("--volumes", "Remove volumes too that nobody named")

        private let arguments: Arguments
        private let filter: PruneFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try PruneFilter(arguments)
            guard !arguments[Self.volumes] || filter["until"] == nil else {
                throw UsageError.conflict("the \"until\" filter is not supported with \"--volumes\"")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let all = arguments[Self.all]
            let doomed = [
                "all stopped containers", "all networks not used by at least one container",
                arguments[Self.volumes] ? "all anonymous volumes not used by at least one container" : nil,
                all ? "all images without at least one container associated to them" : "all dangling images",
                all ? "all build cache" : "unused build cache",
            ].compactMap { $0 }
            let warning = "This will remove:\n" + doomed.map { "  - \($0)\n" }.joined()
            guard try arguments[DockerFlag.force] || Question.confirm(warning: warning) else { return 0 }
            var bytes: Int64 = 0
            var text = ""
            func add(_ pruned: Pruned, _ heading: String) {
                bytes += pruned.bytes
                text += pruned.list(heading: heading)
            }
            add(try PruneContainers.prune(session, filter), "Deleted Containers:")
            add(try PruneNetworks.prune(session, filter), "Deleted Networks:")
            if arguments[Self.volumes] { add(try PruneVolumes.prune(session, all: false, filter), "Deleted Volumes:") }
            add(try PruneImages.prune(session, all: all, filter), "Deleted Images:")
            var rule = CacheRule()
            rule.includesShared = all
            if filter["until"] != nil { rule.unusedFor = max(0, WallClock.now - filter.limit) }
            let gone = try CacheStore(root: session.root, images: session.engine.images).prune(rule)
            let freed = gone.filter { !$0.isShared }.reduce(0) { $0 + $1.size }
            add(Pruned(names: gone.map(\.id), bytes: freed), "Deleted build cache objects:")
            try Console.print(text + "Total reclaimed space: \(ByteSize(bytes).decimal())\n")
            return 0
        }
    }
}

/// This machine.
enum Host {
    /// The kernel's release.
    static var kernel: String { text("/proc/sys/kernel/osrelease") }
    /// The processor, as Docker names it.
    static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }

    private static func text(_ path: FilePath) -> String {
        let bytes = (try? WholeFile.read(path)) ?? []
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
