import ComposeSpec
import Containers
import Glibc
import Linux
import Orchestrator

/// `up` in front of the user: brings the project up, shows what its containers say, and stops them in the end.
final class AttachedUp {
    private enum Message: Sendable {
        case planned(names: [String])
        case event(Event)
        case isUp(Result<Plan, any Error>)
        case ended(id: String, code: Int32)
        case isStopped(Result<Plan, any Error>)
    }

    private let session: Session
    private let project: Project
    private let options: UpOptions
    private let watched: Set<String>
    private let sink: LogSink
    private let progress: any ProgressRenderer
    private let loop: EventLoop
    private let mailbox: Mailbox<Message>
    private let start = WallClock.now

    private var attendance: Attendance
    private var logs: [String: FollowedLog] = [:]
    private var services: [String: String] = [:]
    private var bringing: Task<Void, Never>?
    private var isStarting = false
    /// What is said when the first container starts.
    private var attaching: String?
    private var isStopped = false
    private var interruption: Int32?
    private var failure: (any Error)?

    init(
        _ session: Session,
        _ project: Project,
        _ options: UpOptions,
        _ wishes: AttachmentWishes,
        watched: Set<String>
    ) throws {
        self.session = session
        self.project = project
        self.options = options
        self.watched = watched
        let printer = LogPrinter(
            names: [],
            isColored: wishes.isColored && session.usesColors,
            hasPrefix: wishes.hasPrefix
        )
        sink = LogSink(printer, showsTimes: wishes.showsTimes, separatesErrors: true)
        attendance = Attendance(wishes.rule, exitCodeFrom: wishes.exitCodeFrom)
        progress = session.compose.renderer(title: "up", isDebugging: session.isDebugging)
        loop = try EventLoop()
        mailbox = try Mailbox()
    }

    /// Returns what to exit with when it is over.
    func run() throws -> Int32 {
        try mailbox.deliver(on: loop) { [unowned self] message in
            do { try take(message) } catch { fail(error) }
        }
        try loop.watch(signals: [SIGINT, SIGTERM, SIGPIPE]) { [unowned self] signal in
            if signal != SIGPIPE { interrupt(signal) }
        }
        bring()
        try loop.run()
        if let interruption { return 128 + interruption }
        if let failure { throw failure }
        return attendance.exitCode
    }

    private func bring() {
        let (mailbox, project, options, watched, session) = (mailbox, project, options, watched, session)
        let conductor = Conductor(engine: session.engine) { mailbox.post(.event($0)) }
        bringing = Task.detached {
            do {
                let plan = try await conductor.up(project, options: options) { plan in
                    mailbox.post(.planned(names: session.logNames(of: plan, in: project.name, watched)))
                }
                mailbox.post(.isUp(.success(plan)))
            } catch {
                mailbox.post(.isUp(.failure(error)))
            }
        }
    }

    private func fail(_ error: any Error) {
        failure = failure ?? error
        loop.stop()
    }

    // MARK: What comes

    private func take(_ message: Message) throws {
        switch message {
        case .planned(let names):
            guard !names.isEmpty else { return }
            for name in names { sink.add(name) }
            attaching = "Attaching to \(names.joined(separator: ", "))\n"
        case .event(let event): try take(event)
        case .isUp(.success(let plan)):
            for warning in plan.warnings { Console.note("\(Session.warningMark) \(warning.printable)") }
            progress.finish()
            try announce()
            obey(attendance.finishUp())
        case .isUp(.failure(let error)):
            progress.finish()
            // After a signal the stop that it caused, which is waiting for its turn, is what is waited for.
            if interruption == nil { fail(error) }
        case .ended(let id, let code): try end(id, code)
        case .isStopped(let result):
            if case .failure(let error) = result { return fail(error) }
            isStopped = true
            if attendance.isEmpty { loop.stop() }
        }
    }

    /// Starts are told by output, all else by the display of progress.
    private func take(_ event: Event) throws {
        switch (event.resource, event.phase) {
        case (.container(let name), .started), (.container(let name), .running): try attach(name)
        case (.container, .starting), (.container, .waiting), (.container, .healthy):
            if !isStarting { progress.finish() }
            isStarting = true
            try announce()
        default:
            if !isStarting || event.status == .error || event.status == .warning { progress.show(event) }
        }
    }

    /// Says once whose output is shown, before the first of it.
    private func announce() throws {
        guard let line = attaching else { return }
        attaching = nil
        try Console.print(line)
    }

    private func attach(_ name: String) throws {
        try announce()
        let summary = try ContainerSummary(session.engine.containers.find(name))
        guard logs[summary.id] == nil, services[summary.id] == nil else { return }
        services[summary.id] = summary.service
        attendance.begin(summary.id)
        let mailbox = mailbox
        let container = summary.container
        try Thread.start {
            // One that has ended and removed itself meanwhile has no exit status any more.
            mailbox.post(.ended(id: container.id, code: (try? container.wait()) ?? 0))
        }
        guard watched.contains(summary.service) else { return }
        let logName = summary.logName(in: project.name)
        sink.add(logName)
        let selection = ContainerLog.Selection(since: start)
        let log = try FollowedLog(summary.container, name: logName, selection: selection)
        logs[summary.id] = log
        try log.follow(on: loop, into: sink) { [unowned self] in fail($0) }
    }

    private func end(_ id: String, _ code: Int32) throws {
        if let log = logs.removeValue(forKey: id) {
            try log.finish(on: loop, into: sink)
            try Console.print("\(log.name) exited with code \(code)\n")
        }
        obey(attendance.end(id, of: services[id] ?? "", code: code))
        if isStopped, attendance.isEmpty { loop.stop() }
    }

    private func obey(_ verdict: Attendance.Verdict) {
        switch verdict {
        case .goOn: return
        case .over: loop.stop()
        case .stopRest:
            Console.note("Aborting on container exit...")
            stop()
        }
    }

    // MARK: The end

    /// The first signal stops in order; another one kills.
    private func interrupt(_ signal: Int32) {
        guard interruption == nil else { return kill() }
        interruption = signal
        Console.note("Gracefully Stopping... press Ctrl+C again to force")
        bringing?.cancel()
        stop()
    }

    private func stop() {
        attendance.beginStop()
        let (mailbox, project, progress) = (mailbox, project, progress)
        let options = StopOptions(timeout: options.stopTimeout)
        let conductor = Conductor(engine: session.engine, report: progress.show)
        Task.detached {
            do {
                let plan = try await conductor.run(project.name, project) { observed in
                    try Plan(stop: observed, project: project, options: options)
                }
                mailbox.post(.isStopped(.success(plan)))
            } catch {
                mailbox.post(.isStopped(.failure(error)))
            }
        }
    }

    /// The stop that goes on holds the project, so nothing is planned any more.
    private func kill() {
        guard let containers = try? session.containers(of: project.name) else { return }
        for summary in containers where summary.status.isActive { try? summary.container.kill() }
    }
}

extension Session {
    /// What the lines of the containers that a plan starts, or finds running, are marked with: those of some services.
    fileprivate func logNames(of plan: Plan, in project: String, _ services: Set<String>) -> [String] {
        var made: [String: String] = [:]
        for case .createContainer(let request) in plan.steps.map(\.action) {
            made[request.name] = request.labels[ControlLabel.service]
        }
        let started = plan.steps.compactMap { step -> String? in
            guard case .startContainer(let container) = step.action else { return nil }
            return container.name
        }
        let running = plan.settled.compactMap { event -> String? in
            guard case .container(let name) = event.resource, event.phase == .running else { return nil }
            return name
        }
        func service(of name: String) -> String? {
            if let service = made[name] { return service }
            return (try? engine.containers.find(name))?.configuration.labels[ControlLabel.service]
        }
        let shown = Set(started + running).filter { name in service(of: name).map(services.contains) ?? false }
        return shown.map { ContainerSummary.logName($0, in: project) }.sorted()
    }
}

extension StopOptions {
    fileprivate init(timeout: Int?) {
        self.init()
        self.timeout = timeout
    }
}
