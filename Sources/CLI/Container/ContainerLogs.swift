import Containers
import HTTP
import Linux
import Orchestrator

extension Docker {
    /// `docker logs`
    struct Logs: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER",
            summary: "Show a container's output",
            flags: [details, LogFlag.follow, LogFlag.since, LogFlag.tail, LogFlag.timestamps, LogFlag.until],
            arity: .exactly(1)
        )

        private static let details = Flag.toggle("--details", "Show labels and variables that the log's options name")

        private let arguments: Arguments
        private let selection: ContainerLog.Selection

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            selection = try LogFlag.selection(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            let container = try session.engine.containers.find(arguments.positionals[0])
            guard container.configuration.log.driver != "none" else {
                throw Failure("configured logging driver does not support reading")
            }
            let printer = LogPrinter(names: [], isColored: false, hasPrefix: false)
            let sink = LogSink(
                printer,
                showsTimes: arguments[LogFlag.timestamps],
                separatesErrors: true,
                details: arguments[Self.details] ? try Self.details(of: container) : ""
            )
            let log = try FollowedLog(container, name: container.name, selection: selection)
            // What has ended before it is read has no more to say.
            let isFollowed = try arguments[LogFlag.follow] && container.status.isActive
            try log.read(into: sink)
            if isFollowed { try follow(container, log, sink) }
            try sink.finish(container.name)
            try sink.flush()
            return 0
        }

        /// Names and values as in a URL's query, in the order of names.
        private static func details(of container: Container) throws -> String {
            // As Go escapes them: a space is a plus sign.
            func escaped(_ text: String) -> String { WebAddress.escaped(text).replacing("%20", with: "+") }
            let pairs = try container.configuration.logAttributes().sorted { $0.key < $1.key }
            return pairs.map { "\(escaped($0.key))=\(escaped($0.value))" }.joined(separator: ",")
                + " "
        }

        private func follow(_ container: Container, _ log: FollowedLog, _ sink: LogSink) throws {
            let loop = try EventLoop()
            let mailbox = try Mailbox<Void>()
            var failure: (any Error)?
            try log.follow(on: loop, into: sink) { error in
                failure = error
                loop.stop()
            }
            try mailbox.deliver(on: loop) { _ in loop.stop() }
            try Thread.start {
                _ = try? container.wait()
                mailbox.post(())
            }
            try loop.run()
            if let failure { throw failure }
            try log.finish(on: loop, into: sink)
        }
    }
}
