import Containers
import Orchestrator

extension Docker {
    /// `docker stop`
    struct Stop: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Stop containers",
            flags: [DockerFlag.signal, DockerFlag.time],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                let container = try session.engine.containers.find(name)
                try container.stop(signal: arguments[DockerFlag.signal], timeout: arguments[DockerFlag.time])
                return name
            }
        }
    }

    /// `docker restart`
    struct Restart: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Stop containers and start them again",
            flags: [DockerFlag.signal, DockerFlag.time],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                if let signal = arguments[DockerFlag.signal] {
                    try session.engine.containers.find(name)
                        .stop(signal: signal, timeout: arguments[DockerFlag.time])
                }
                try session.engine.restart(name, timeout: arguments[DockerFlag.time], warn: Console.warn)
                return name
            }
        }
    }

    /// `docker kill`
    struct Kill: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Send a signal to containers",
            flags: [DockerFlag.signal],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                let container = try session.engine.containers.find(name)
                try container.kill(signal: arguments[DockerFlag.signal] ?? "SIGKILL")
                return name
            }
        }
    }

    /// `docker pause`
    struct Pause: Command {
        static let usage = Usage(
            synopsis: "CONTAINER [CONTAINER...]",
            summary: "Freeze containers",
            arity: .atLeast(1)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            try forEach(names) { name in
                try session.engine.containers.find(name).pause()
                return name
            }
        }
    }

    /// `docker unpause`
    struct Unpause: Command {
        static let usage = Usage(
            synopsis: "CONTAINER [CONTAINER...]",
            summary: "Let frozen containers go on",
            arity: .atLeast(1)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            try forEach(names) { name in
                try session.engine.containers.find(name).unpause()
                return name
            }
        }
    }

    /// `docker wait`
    struct Wait: Command {
        static let usage = Usage(
            synopsis: "CONTAINER [CONTAINER...]",
            summary: "Wait until containers end, and print their exit statuses",
            arity: .atLeast(1)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            try forEach(names) { "\(try session.engine.containers.find($0).wait())" }
        }
    }

    /// `docker rename`
    struct Rename: Command {
        static let usage = Usage(
            synopsis: "CONTAINER NEW_NAME",
            summary: "Give a container another name",
            arity: .exactly(2)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            try session.engine.rename(names[0], to: names[1])
            return 0
        }
    }

    /// `docker rm`
    struct Remove: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Remove containers",
            flags: [force, volumes],
            arity: .atLeast(1)
        )

        private static let force = Flag.toggle("-f, --force", "Kill what runs")
        private static let volumes = Flag.toggle("-v, --volumes", "Remove volumes too that nobody named")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            try forEach(arguments.positionals) { name in
                do {
                    try session.engine.remove(
                        name,
                        isForced: arguments[Self.force],
                        withAnonymousVolumes: arguments[Self.volumes]
                    )
                } catch ContainerError.notFound where arguments[Self.force] {
                    Console.note("Error: no such container: \(name.printable)")
                    return nil
                }
                return name
            }
        }
    }
}
