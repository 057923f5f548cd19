import Containers
import Linux
import Orchestrator

extension Compose {
    /// `tutti wait`
    struct Wait: ComposeCommand {
        static let usage = Usage(
            synopsis: "SERVICE [SERVICE...] [OPTIONS]",
            summary: "Wait until containers of services end",
            flags: [downProject],
            arity: .atLeast(1)
        )

        private static let downProject = Flag.toggle("--down-project", "Take the project down when the first has ended")

        private let services: [String]
        private let takesDown: Bool

        init(_ arguments: Arguments) throws {
            services = arguments.positionals
            takesDown = arguments[Self.downProject]
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(services)
            let summaries = try session.containers(of: known.name).filter {
                services.contains($0.service) && !$0.isOneOff && $0.status.isActive
            }
            guard !summaries.isEmpty else { throw Failure("no containers for project \(known.name.quoted)") }
            let codes = try Ends.await(summaries.map(\.container), onlyFirst: takesDown) { container, code in
                try? Console.print("container \(container.id.quoted) exited with status code \(code)\n")
            }
            if takesDown {
                try session.carryOut("down", on: known) { try Plan(down: $0, project: known.project) }
            }
            return codes.last ?? 0
        }
    }
}

/// Ends of containers.
enum Ends {
    /// Waits until all containers have ended for good, or the first of them.
    ///
    /// - Returns: their exit statuses, in the order in which they ended.
    static func await(
        _ containers: [Container],
        onlyFirst: Bool = false,
        _ body: @escaping (Container, Int32) -> Void
    ) throws -> [Int32] {
        let loop = try EventLoop()
        let mailbox = try Mailbox<(Container, Result<Int32, any Error>)>()
        var codes: [Int32] = []
        var failure: (any Error)?
        try mailbox.deliver(on: loop) { container, result in
            do {
                let code = try result.get()
                codes.append(code)
                body(container, code)
            } catch {
                failure = error
            }
            if onlyFirst || failure != nil || codes.count == containers.count { loop.stop() }
        }
        for container in containers {
            try Thread.start { mailbox.post((container, Result { try container.wait() })) }
        }
        if !containers.isEmpty { try loop.run() }
        if let failure { throw failure }
        return codes
    }
}
