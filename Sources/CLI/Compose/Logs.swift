import Containers
import Linux
import Orchestrator

extension Compose {
    /// `tutti logs`
    struct Logs: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Show the output of containers",
            flags: [
                LogFlag.follow, CommonFlag.index, CommonFlag.noColor, CommonFlag.noLogPrefix, LogFlag.since,
                LogFlag.tail, LogFlag.timestamps, LogFlag.until,
            ]
        )

        private let arguments: Arguments
        private let selection: ContainerLog.Selection

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            selection = try LogFlag.selection(arguments)
            if arguments.has(CommonFlag.index), arguments.positionals.count != 1 {
                throw UsageError.conflict("--index requires one service to be selected")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let known = try session.knownProject()
            try known.check(arguments.positionals)
            let summaries = try session.containers(of: known.name).filter(isWanted)
                .sorted { ($0.service, $0.number, $0.name) < ($1.service, $1.number, $1.name) }
            let names = summaries.map { $0.logName(in: known.name) }
            let printer = LogPrinter(
                names: names,
                isColored: session.usesColors && !arguments[CommonFlag.noColor],
                hasPrefix: !arguments[CommonFlag.noLogPrefix]
            )
            let sink = LogSink(printer, showsTimes: arguments[LogFlag.timestamps], separatesErrors: false)
            let logs = try zip(summaries, names).map { summary, name in
                try FollowedLog(summary.container, name: name, selection: selection)
            }
            try sink.take(historyOf: logs)
            let running = zip(summaries, logs).filter { $0.0.status.isActive }
            if arguments[LogFlag.follow] { try follow(running.map { ($0.0.container, $0.1) }, sink) }
            for log in logs { try sink.finish(log.name) }
            try sink.flush()
            return 0
        }

        private func isWanted(_ summary: ContainerSummary) -> Bool {
            guard arguments.positionals.isEmpty || arguments.positionals.contains(summary.service) else { return false }
            guard let index = arguments[CommonFlag.index] else { return !summary.isOneOff }
            return summary.number == index
        }

        private func follow(_ logs: [(Container, FollowedLog)], _ sink: LogSink) throws {
            guard !logs.isEmpty else { return }
            let loop = try EventLoop()
            let mailbox = try Mailbox<String>()
            var failure: (any Error)?
            var left = Dictionary(logs.map { ($0.0.id, $0.1) }) { first, _ in first }
            for (_, log) in logs {
                try log.follow(on: loop, into: sink) { error in
                    failure = error
                    loop.stop()
                }
            }
            try mailbox.deliver(on: loop) { id in
                do { try left.removeValue(forKey: id)?.finish(on: loop, into: sink) } catch { failure = error }
                if left.isEmpty || failure != nil { loop.stop() }
            }
            for (container, _) in logs {
                try Thread.start {
                    _ = try? container.wait()
                    mailbox.post(container.id)
                }
            }
            try loop.run()
            if let failure { throw failure }
        }
    }
}

/// Flags of commands that show logs.
enum LogFlag {
    static let follow = Flag.toggle("-f, --follow", "Show what is added too")
    static let since = Flag<String?>.text("--since", "Show what is later than a time, or than so long ago: 42m")
    static let until = Flag<String?>.text("--until", "Show what is earlier than a time, or than so long ago: 42m")
    static let tail = Flag<String>.text("-n, --tail", "Lines to show from the end", default: "all")
    static let timestamps = Flag.toggle("-t, --timestamps", "Show times")

    /// Which entries are wanted.
    static func selection(_ arguments: Arguments) throws(UsageError) -> ContainerLog.Selection {
        let now = WallClock.now
        let tail = arguments[tail]
        // What is no number shows everything, as Docker has it.
        let count = Int(tail).flatMap { $0 >= 0 ? $0 : nil }
        return ContainerLog.Selection(
            since: try instant(arguments, since, now),
            until: try instant(arguments, until, now),
            tail: count
        )
    }

    /// The time that a flag names, in nanoseconds since 1970.
    static func instant(_ arguments: Arguments, _ flag: Flag<String?>, _ now: Int64) throws(UsageError) -> Int64? {
        guard let text = arguments[flag] else { return nil }
        guard let time = TimeText.instant(text, now: now) else {
            throw .conflict("invalid value for --\(flag.long): \(text.quoted) is neither a time nor a duration")
        }
        return time
    }
}

extension Session {
    /// Whether output to people is colored.
    var usesColors: Bool {
        switch compose.ansi {
        case .always: true
        case .never: false
        case .auto: StandardStreams.outputIsTerminal
        }
    }
}

extension ContainerSummary {
    /// What lines of its log are marked with: its name without the project's before it.
    func logName(in project: String) -> String { Self.logName(name, in: project) }

    /// The same of a container by its name.
    static func logName(_ name: String, in project: String) -> String {
        for separator in ["-", "_"] where name.hasPrefix(project + separator) {
            return String(name.dropFirst(project.count + 1))
        }
        return name
    }
}
