import Compression
import Containers
import Linux
import Orchestrator
import Storage
import SystemPackage

/// Copies between this machine and containers, as `docker cp` and `docker compose cp` do.
struct CopyFiles {
    let engine: LocalEngine
    var followsLink = false
    var keepsOwners = false

    /// Copies out of a container.
    ///
    /// - Returns: how many bytes of files that were.
    func copy(from container: Container, _ path: String, to end: CopyEnd) throws -> Int64 {
        let view = try engine.look(into: container)
        let source = CopyPlace(path, of: view.root)
        defer { withExtendedLifetime(view) {} }
        container.note("archive-path", ["path": path])
        guard case .machine(let destination) = end else { return try write(source) }
        var copy = Copy(source: source, destination: try Self.machine(destination))
        copy.followsLink = followsLink
        if !keepsOwners { copy.owner = (OwnProcess.user, OwnProcess.group) }
        return try copy.run()
    }

    /// Copies into a container.
    func copy(_ end: CopyEnd, to container: Container, _ path: String) throws -> Int64 {
        let view = try engine.look(into: container)
        let destination = CopyPlace(path, of: view.root)
        defer { withExtendedLifetime(view) {} }
        defer { container.note("extract-to-dir", ["path": path]) }
        guard case .machine(let source) = end else { return try read(destination) }
        var copy = Copy(source: try Self.machine(source), destination: destination)
        copy.followsLink = followsLink
        if !keepsOwners { copy.owner = (0, 0) }
        return try copy.run()
    }

    /// Writes an archive to standard output.
    private func write(_ source: CopyPlace) throws -> Int64 {
        guard !StandardStreams.outputIsTerminal else {
            throw Failure("cowardly refusing to write an archive to a terminal: redirect the output")
        }
        let origin = try CopyOrigin(source, followsLink: followsLink)
        return try origin.pack(as: source.name) { try FileDescriptor.standardOutput.writeAll($0) }
    }

    /// Unpacks the archive on standard input, with the owners that it names.
    private func read(_ destination: CopyPlace) throws -> Int64 {
        guard try destination.status(followsLast: true)?.kind == .folder else {
            throw Failure("destination \(destination.text.quoted) must be a directory")
        }
        return try TreeArchive.unpack(
            ByteSource(reading: .standardInput),
            into: destination.root,
            below: destination.names(),
            owner: nil
        )
    }

    private static func machine(_ path: String) throws -> CopyPlace {
        CopyPlace(path, below: OwnProcess.currentFolder.string, of: try OpenFolder(opening: "/"))
    }
}

extension Docker {
    /// `docker cp`
    struct Copy: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|- | SRC_PATH|- CONTAINER:DEST_PATH",
            summary: "Copy files out of a container or into it",
            flags: [CopyFlag.archive, CopyFlag.followLink, quiet],
            arity: .exactly(2)
        )

        private static let quiet = Flag.toggle("-q, --quiet", "Do not say what was copied")

        private let arguments: Arguments
        private let source: CopyEnd
        private let destination: CopyEnd

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            (source, destination) = (CopyEnd(arguments.positionals[0]), CopyEnd(arguments.positionals[1]))
        }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            var files = CopyFiles(engine: engine)
            files.followsLink = arguments[CopyFlag.followLink]
            files.keepsOwners = arguments[CopyFlag.archive]
            switch (source, destination) {
            case (.container, .container): throw Failure("copying between containers is not supported")
            case (.container(let name, let path), let end):
                try tell(files.copy(from: engine.containers.find(name), path, to: end))
            case (let end, .container(let name, let path)):
                try tell(files.copy(end, to: engine.containers.find(name), path))
            default: throw Failure("must specify at least one container source")
            }
            return 0
        }

        /// On a terminal it is said what was done.
        private func tell(_ bytes: Int64) {
            let isQuiet = arguments.has(Self.quiet) ? arguments[Self.quiet] : !StandardStreams.outputIsTerminal
            guard !isQuiet, source != .stream, destination != .stream else { return }
            Console.note("Successfully copied \(ByteSize(bytes).decimal()) to \(arguments.positionals[1].printable)")
        }
    }
}

/// Flags of the commands that copy.
enum CopyFlag {
    static let archive = Flag.toggle("-a, --archive", "Keep owners and groups")
    static let followLink = Flag.toggle("-L, --follow-link", "Copy what a link leads to, if the source is one")
}

extension Compose {
    /// `tutti cp`
    struct Copy: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|- | SRC_PATH|- SERVICE:DEST_PATH",
            summary: "Copy files out of a service's container or into its containers",
            flags: [all, CopyFlag.archive, CopyFlag.followLink, CommonFlag.index],
            arity: .exactly(2)
        )

        private static let all = Flag.toggle("--all", "Include containers that run made")

        private let arguments: Arguments
        private let source: CopyEnd
        private let destination: CopyEnd

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            (source, destination) = (CopyEnd(arguments.positionals[0]), CopyEnd(arguments.positionals[1]))
        }

        func run(_ session: Session) throws -> Int32 {
            var files = CopyFiles(engine: session.engine)
            files.followsLink = arguments[CopyFlag.followLink]
            files.keepsOwners = arguments[CopyFlag.archive]
            switch (source, destination) {
            case (.container, .container): throw Failure("copying between services is not supported")
            case (.container(let service, let path), let end):
                _ = try files.copy(from: containers(of: service, session)[0], path, to: end)
            case (let end, .container(let service, let path)):
                for container in try containers(of: service, session) {
                    _ = try files.copy(end, to: container, path)
                    // An archive comes once.
                    if end == .stream { break }
                }
            default: throw Failure("unknown copy direction")
            }
            return 0
        }

        /// The containers that are meant, replicas by their numbers and before those that `run` made; at least one.
        private func containers(of service: String, _ session: Session) throws -> [Container] {
            let known = try session.knownProject()
            try known.check([service])
            let index = arguments[CommonFlag.index]
            let found = try session.containers(of: known.name).filter { summary in
                guard summary.service == service else { return false }
                if let index { return !summary.isOneOff && summary.number == index }
                return arguments[Self.all] || !summary.isOneOff
            }
            guard !found.isEmpty else { throw Failure("no container found for service \(service.quoted)") }
            return found.sorted { ($0.isOneOff ? 1 : 0, $0.number) < ($1.isOneOff ? 1 : 0, $1.number) }
                .map(\.container)
        }
    }
}
