import Containers

extension Compose {
    /// `tutti top`
    struct Top: ComposeCommand {
        static let usage = Usage(synopsis: "[SERVICES...]", summary: "List the processes of containers")

        private let services: [String]

        init(_ arguments: Arguments) throws {
            services = arguments.positionals
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(services)
            let summaries = try session.containers(of: known.name)
                .filter { $0.status.isActive && (services.isEmpty || services.contains($0.service)) }
                .sorted { $0.name < $1.name }
            guard !summaries.isEmpty else { return 0 }
            var table = Table(["SERVICE", "#"] + ProcessRow.headers, minimumWidth: 4, padding: 2)
            for summary in summaries {
                for process in try summary.container.processes() {
                    guard let row = ProcessRow(process) else { continue }
                    table.add([summary.service, "\(summary.number)"] + row.cells)
                }
            }
            try Console.print(table.text)
            return 0
        }
    }
}
