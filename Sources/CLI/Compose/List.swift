import Containers
import JSON
import Orchestrator

extension Compose {
    /// `tutti ls`
    struct List: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "List projects",
            flags: [all, filter, format, CommonFlag.quiet],
            arity: .none
        )

        private static let all = Flag.toggle("-a, --all", "Show projects too of which nothing runs")
        private static let filter = Flag.list("--filter", "Show what has a property: name=PART", placeholder: "filter")
        private static let format = Flag<String>.text("--format", "table or json", default: "table")

        private let arguments: Arguments
        private let names: [String]

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            names = try arguments[Self.filter].map { filter throws(UsageError) in
                guard filter.hasPrefix("name=") else { throw .conflict("invalid filter \(filter.quoted)") }
                return String(filter.dropFirst("name=".count))
            }
        }

        func run(_ session: Session) throws -> Int32 {
            var projects: [String: [ContainerSummary]] = [:]
            for container in try session.engine.containers.all() {
                guard let project = container.configuration.labels[ControlLabel.project] else { continue }
                projects[project, default: []].append(try ContainerSummary(container))
            }
            let shown = projects.filter { name, containers in
                guard names.isEmpty || names.contains(where: { name.contains($0) }) else { return false }
                return arguments[Self.all] || containers.contains { $0.status.isActive }
            }
            let sorted = shown.sorted { $0.key < $1.key }
            if arguments[CommonFlag.quiet] {
                try Console.print(sorted.map { "\($0.key)\n" }.joined())
            } else {
                try Console.print(listing(sorted).text(arguments[Self.format]))
            }
            return 0
        }

        private func listing(_ projects: [(key: String, value: [ContainerSummary])]) -> Listing {
            var listing = Listing([
                .init("Name", "NAME"), .init("Status", "STATUS"), .init("ConfigFiles", "CONFIG FILES"),
            ])
            listing.isArray = true
            listing.minimumWidth = 20
            listing.rows = projects.map { name, containers in
                let files = Set(containers.compactMap { $0.configuration.labels[ControlLabel.configFiles] })
                return [
                    "Name": .string(name),
                    "Status": .string(Self.status(containers)),
                    "ConfigFiles": .string(files.isEmpty ? "N/A" : files.sorted().joined(separator: ",")),
                ]
            }
            return listing
        }

        /// Such as `exited(1), running(2)`.
        private static func status(_ containers: [ContainerSummary]) -> String {
            var counts: [String: Int] = [:]
            for container in containers { counts[container.state, default: 0] += 1 }
            return counts.sorted { $0.key < $1.key }.map { "\($0.key)(\($0.value))" }.joined(separator: ", ")
        }
    }
}
