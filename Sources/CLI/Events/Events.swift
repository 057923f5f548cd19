import Journal
import Orchestrator

extension Docker {
    /// `docker events`
    struct Events: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show what happens, as it happens",
            flags: [filter, format, EventFlag.since, EventFlag.until],
            arity: .none
        )

        private static let filter = Flag.list("-f, --filter", "Show what has a property", placeholder: "filter")
        private static let format = Flag<String>.text("--format", "json, or a template", default: "")

        private let arguments: Arguments
        private let filter: EventFilter

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filter = try EventFilter(arguments[Self.filter])
        }

        func run(_ session: Session) throws -> Int32 {
            let line = try line(arguments[Self.format])
            try EventFlag.stream(arguments, session.root).run { [filter] entry in
                if filter.admits(entry) { try Console.print("\(line(entry))\n") }
            }
            return 0
        }

        private func line(_ format: String) throws -> (JournalEntry) throws -> String {
            switch format {
            case "": return EventText.docker
            case "json": return { "\($0.json)" }
            default:
                let template = try Template(parsing: format)
                return { try template.render(EventText.templateFields($0)) }
            }
        }
    }
}

extension Compose {
    /// `tutti events`
    struct Events: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Show what happens to containers, as it happens",
            flags: [json, EventFlag.since, EventFlag.until]
        )

        private static let json = Flag.toggle("--json", "Print a JSON object a line")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(arguments.positionals)
            let services = Set(arguments.positionals)
            let isJSON = arguments[Self.json]
            try EventFlag.stream(arguments, session.root).run { entry in
                let labels = entry.attributes
                guard entry.subject == .container, labels[ControlLabel.project] == known.name,
                    labels[ControlLabel.oneOff] != "True", let service = labels[ControlLabel.service],
                    services.isEmpty || services.contains(service)
                else { return }
                let text = isJSON ? "\(EventText.composeJSON(entry, service: service))" : EventText.compose(entry)
                try Console.print("\(text)\n")
            }
            return 0
        }
    }
}
