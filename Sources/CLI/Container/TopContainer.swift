import Containers
import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `docker top`
    struct Top: Command {
        static let usage = Usage(
            synopsis: "CONTAINER [ps OPTIONS]",
            summary: "List a container's processes",
            arity: .atLeast(1),
            stopsAtFirstPositional: true
        )

        private let name: String
        private let options: [String]

        init(_ arguments: Arguments) throws {
            name = arguments.positionals[0]
            options = Array(arguments.positionals.dropFirst())
        }

        func run(_ session: Session) throws -> Int32 {
            let container = try session.engine.containers.find(name)
            let processes = try container.processes()
            var table = Table(ProcessRow.headers, minimumWidth: 4, padding: 3)
            if options.isEmpty {
                for process in processes {
                    if let row = ProcessRow(process) { table.add(row.cells) }
                }
            } else {
                let listing = try ProcessListing(options)
                table = Table(listing.headers, minimumWidth: 4, padding: 3)
                for row in listing.rows(of: Set(processes)) { table.add(row) }
            }
            container.note("top")
            try Console.print(table.text)
            return 0
        }
    }
}

/// What the machine's own `ps` says, with options of the user's.
private struct ProcessListing {
    let headers: [String]
    private let lines: [[String]]
    private let place: Int

    init(_ options: [String]) throws {
        let text = try Self.output(of: options)
        var rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        headers = rows.isEmpty ? [] : rows.removeFirst()
        guard let place = headers.firstIndex(of: "PID") else { throw Failure("Couldn't find PID field in ps output") }
        self.place = place
        lines = rows
    }

    /// The rows of some processes; the last column has whatever is left of the line.
    func rows(of processes: Set<Int32>) -> [[String]] {
        lines.filter { $0.count > place && Int32($0[place]).map(processes.contains) ?? false }.map { words in
            guard words.count > headers.count else { return words }
            return words.prefix(headers.count - 1) + [words.dropFirst(headers.count - 1).joined(separator: " ")]
        }
    }

    private static func output(of options: [String]) throws -> String {
        let pipe = try FileDescriptor.closeOnExecPipe()
        defer { try? pipe.reading.close() }
        let null = try FileDescriptor.null()
        let process: ChildProcess = try {
            defer { for end in [pipe.writing, null] { try? end.close() } }
            return try ChildProcess.spawn(
                "/bin/ps",
                arguments: ["ps"] + options,
                inherited: [null.rawValue, pipe.writing.rawValue, FileDescriptor.standardError.rawValue]
            )
        }()
        defer { try? FileDescriptor(rawValue: process.pidDescriptor).close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while let count = try pipe.reading.readAvailable(into: &buffer), count > 0 { bytes += buffer[..<count] }
        guard try process.wait().code == 0 else { throw Failure("ps: exited with an error") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
