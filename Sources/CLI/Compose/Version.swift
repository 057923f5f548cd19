import JSON
import Orchestrator

extension Compose {
    /// `tutti version`
    struct Version: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Show the version",
            flags: [format, short],
            arity: .none
        )

        private static let format = Flag<String>.text("-f, --format", "pretty or json", default: "pretty")
        private static let short = Flag.toggle("--short", "Print the number alone")

        /// The edition of Compose that is spoken here.
        static let number = ControlLabel.ownVersion
        /// The edition of Docker whose command line is spoken here.
        static let dockerNumber = "29.0.0"

        private let format: String
        private let isShort: Bool

        init(_ arguments: Arguments) throws {
            format = arguments[Self.format]
            isShort = arguments[Self.short]
        }

        func run(_ session: Session) throws -> Int32 {
            guard !isShort else { return try Self.printShort() }
            guard format != "json" else {
                try Console.print(JSONValue.object([.init("version", .string("v\(Self.number)"))]).description + "\n")
                return 0
            }
            let name = session.path.hasPrefix("tutti") ? "Tutti, speaking Docker Compose" : "Docker Compose"
            try Console.print("\(name) version v\(Self.number)\n")
            return 0
        }

        /// The number alone.
        static func printShort() throws -> Int32 {
            try Console.print("\(number)\n")
            return 0
        }

        /// What `docker --version` prints.
        static func printDocker() throws -> Int32 {
            try Console.print("Docker version \(dockerNumber), build tutti\n")
            return 0
        }
    }
}
