import Containers
import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `docker diff`
    struct Diff: Command {
        static let usage = Usage(
            synopsis: "CONTAINER",
            summary: "Show what a container has changed of its image's files",
            arity: .exactly(1)
        )

        private let name: String

        init(_ arguments: Arguments) throws { name = arguments.positionals[0] }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            let changes = try engine.changes(of: engine.containers.find(name))
            try Console.print(changes.map { "\($0.kind.rawValue) \($0.path.printable)\n" }.joined())
            return 0
        }
    }

    /// `docker export`
    struct Export: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER",
            summary: "Write a container's files as an archive",
            flags: [ExportFlag.output],
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let container = try session.engine.containers.find(arguments.positionals[0])
            try session.export(container, to: arguments[ExportFlag.output])
            return 0
        }
    }
}

extension Compose {
    /// `tutti export`
    struct Export: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE",
            summary: "Write the files of a service's container as an archive",
            flags: [CommonFlag.index, ExportFlag.output],
            arity: .exactly(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            let service = arguments.positionals[0]
            let container = try session.anyContainer(of: service, in: known, index: arguments[CommonFlag.index])
            try session.export(container, to: arguments[ExportFlag.output])
            return 0
        }
    }
}

enum ExportFlag {
    static let output = Flag<String?>.text("-o, --output", "File to write to")
}

extension Session {
    /// Writes a container's files to a file, or to standard output unless that is a terminal.
    fileprivate func export(_ container: Container, to path: String?) throws {
        guard let path, path != "-" else {
            guard !StandardStreams.outputIsTerminal else {
                throw Failure("cowardly refusing to save to a terminal. Use the -o flag or redirect")
            }
            return try engine.export(container) { try FileDescriptor.standardOutput.writeAll($0) }
        }
        try WholeFile.replace(FilePath(path)) { write in try engine.export(container, to: write) }
    }

    /// A container of a service, whether it runs or not: the one of that number, or the first.
    func anyContainer(of service: String, in known: KnownProject, index: Int?) throws -> Container {
        try known.check([service])
        let found = try containers(of: known.name).filter { summary in
            summary.service == service && (index.map { $0 == 0 || $0 == summary.number } ?? true)
        }
        let first = found.min { ($0.isOneOff ? 1 : 0, $0.number) < ($1.isOneOff ? 1 : 0, $1.number) }
        guard let first else { throw Failure("no container found for service \(service.quoted)") }
        return first.container
    }
}
