import Linux
import Supervision
import SystemPackage

/// Runs a container's probes, one after the other, and takes in what they find.
final class HealthProbe {
    private struct Run {
        let process: LaunchedProcess
        let output: FileDescriptor
        let began: Int64
        let age: Duration
        var text: [UInt8] = []
        var isLate = false
        /// Whether the container was stopped or frozen meanwhile, so that nothing follows from it.
        var isVoid = false
        let identity = ["execID": RandomName.hexadecimal()]
    }

    private let loop: EventLoop
    private let program: [UInt8]
    private let container: FileDescriptor
    private let started: MonotonicTime
    private let command: String
    private(set) var machine: HealthMachine
    private var next: Deadline?
    private var run: Run?
    private var isStopped = false
    /// What happens when a probe has changed the state.
    var changed: () -> Void = {}
    /// The cgroup v2 folder that a probe is born in: the container may have divided its own.
    var group: () -> String? = { nil }
    /// What happens to the processes of probes: what it is called, and which process that was.
    var noting: (_ action: String, _ further: [String: String]) -> Void = { _, _ in }

    /// - Parameter container: A pidfd of the process whose namespaces the probe joins; it is not ours to close.
    init(_ order: HealthOrder, program: [UInt8], container: FileDescriptor, started: MonotonicTime, loop: EventLoop) {
        self.program = program
        self.container = container
        self.started = started
        command = order.command.joined(separator: " ")
        self.loop = loop
        machine = HealthMachine(order)
        scheduleNext()
    }

    /// Ends the probing. A probe that runs is killed, and what it would have found does not count.
    func stop() {
        isStopped = true
        if let next { loop.cancel(next) }
        next = nil
        run?.isVoid = true
        guard let run else { return }
        try? ChildProcess.send(9, to: FileDescriptor(rawValue: run.process.pidDescriptor))
    }

    /// Goes on where ``stop()`` left off.
    func resume() {
        isStopped = false
        if run == nil { scheduleNext() }
    }

    private func scheduleNext() {
        guard !isStopped, next == nil else { return }
        next = loop.schedule(after: machine.delay(atAge: started.duration(to: .now))) { self.begin() }
    }

    private func begin() {
        next = nil
        let (began, age) = (WallClock.now, started.duration(to: .now))
        do {
            try launch(began: began, age: age)
        } catch {
            let code = (error as? LaunchError)?.exitCode ?? 125
            take(HealthState.Entry(start: began, end: WallClock.now, exitCode: code, output: "\(error)"), age: age)
        }
    }

    private func launch(began: Int64, age: Duration) throws {
        let pipe = try FileDescriptor.closeOnExecPipe()
        let null = try FileDescriptor.null()
        defer {
            try? pipe.writing.close()
            try? null.close()
        }
        let program = group().map { LaunchProgram.encoded(self.program, bornIn: $0) } ?? self.program
        let launched: LaunchedProcess
        do {
            launched = try Supervisor.withOrdinaryScore { () throws(LaunchError) in
                try Launch.start(
                    program,
                    standard: (null.rawValue, pipe.writing.rawValue, pipe.writing.rawValue),
                    entering: container.rawValue
                )
            }
        } catch {
            try? pipe.reading.close()
            throw error
        }
        let run = Run(process: launched, output: pipe.reading, began: began, age: age)
        self.run = run
        for action in ["exec_create", "exec_start"] { noting("\(action): \(command)", run.identity) }
        let process = FileDescriptor(rawValue: launched.pidDescriptor)
        try pipe.reading.setNonBlocking()
        try loop.watch(pipe.reading, for: .readable) { _ in self.read() }
        let deadline = loop.schedule(after: machine.timeout) {
            self.run?.isLate = true
            try? ChildProcess.send(9, to: process)
        }
        try loop.watch(endOf: process) {
            self.loop.cancel(deadline)
            self.ended()
        }
    }

    /// Reads what there is; what is beyond the limit is thrown away.
    private func read() {
        guard let output = run?.output else { return }
        var buffer = [UInt8](repeating: 0, count: HealthMachine.maximumOutput)
        while let count = try? output.readAvailable(into: &buffer) {
            guard count > 0 else { return loop.forget(output) }
            let room = HealthMachine.maximumOutput - (run?.text.count ?? 0)
            run?.text += buffer[..<min(count, room)]
        }
    }

    private func ended() {
        read()
        guard let run else { return }
        self.run = nil
        loop.forget(run.output)
        try? run.output.close()
        let collected = try? ChildProcess(pid: run.process.pid, pidDescriptor: -1).collect()
        noting("exec_die", run.identity.merging(["exitCode": "\(collected?.code ?? -1)"]) { $1 })
        guard !run.isVoid else { return scheduleNext() }
        let text = run.isLate ? Array("Health check exceeded timeout".utf8) : run.text
        let entry = HealthState.Entry(
            start: run.began,
            end: WallClock.now,
            exitCode: run.isLate ? -1 : collected?.code ?? -1,
            output: String(decoding: text, as: UTF8.self)
        )
        take(entry, age: run.age)
    }

    private func take(_ entry: HealthState.Entry, age: Duration) {
        machine.probeEnded(entry, beganAtAge: age)
        changed()
        scheduleNext()
    }
}
