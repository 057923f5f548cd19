import JSON
import Linux
import Supervision
import SystemPackage

/// What happens after the process.
extension Supervisor {
    /// How long whoever holds the output open after the process has ended may keep silent.
    private static let drainPatience = Duration.seconds(2)
    /// More than what pipes can hold comes from somebody who is none of the container's.
    private static let mostThatIsLeft = 4 << 20
    /// How long clients may take to read the last of what they were sent.
    private static let clientPatience = Duration.seconds(10)
    /// How long a network that nobody is on is left for the next container.
    static let idlePatience = Duration.milliseconds(500)

    /// The process has ended: read what it has left, then decide.
    func processEnded() {
        guard let process, phase == .running else { return }
        let collected = try? ChildProcess(pid: process.pid, pidDescriptor: -1).collect()
        self.process = nil
        phase = .draining(collected ?? .exited(255))
        state.finishedAt = WallClock.now
        if let killDeadline { loop.cancel(killDeadline) }
        stopProbing()
        input?.close()
        input = nil
        terminal = nil
        guard !output.hasEnded else { return outputEnded() }
        // Who still holds the output shares the group, or is none of the container's.
        drainDeadline = loop.schedule(after: .milliseconds(50)) { [unowned self] in
            killGroup()
            awaitOutputEnd(since: output.progress, from: output.progress.read)
        }
    }

    /// - Parameter start: how much had been read when the container's last process was killed.
    private func awaitOutputEnd(since before: Output.Progress, from start: Int) {
        drainDeadline = loop.schedule(after: Self.drainPatience) { [unowned self] in
            let now = output.progress
            let isMoving = now != before && now.read - start <= Self.mostThatIsLeft
            guard !output.waitsForClient, !output.waitsForCompression, !isMoving else {
                return awaitOutputEnd(since: now, from: start)
            }
            output.abandon()
            outputEnded()
        }
    }

    /// All that the process wrote has been read.
    func outputEnded() {
        guard case .draining(let status) = phase else { return }
        if let drainDeadline { loop.cancel(drainDeadline) }
        state.exitCode = status.code
        noteEnd(status)
        let run = startedAt.duration(to: .now)
        switch restarting.processEnded(code: status.code, ranFor: run) {
        case .stop: finish(error: nil)
        case .restart(let delay): awaitRestart(delay)
        }
    }

    private func awaitRestart(_ delay: Duration) {
        phase = .waiting
        state.status = .restarting
        state.pid = 0
        state.startTicks = 0
        state.restartCount = restarting.count
        try? saveState()
        restartDeadline = loop.schedule(after: delay) { [unowned self] in
            restartDeadline = nil
            killGroup()
            do { try launch() } catch { restartFailed(StartFailure(error)) }
        }
    }

    private func restartFailed(_ failure: StartFailure) {
        state.exitCode = failure.code
        state.finishedAt = WallClock.now
        finish(error: failure.message)
    }

    /// The first start did not succeed.
    func failStart(_ failure: StartFailure) throws(SystemError) {
        if let process { try? ChildProcess.send(9, to: FileDescriptor(rawValue: process.pidDescriptor)) }
        phase = .ending
        state.exitCode = failure.code
        state.finishedAt = WallClock.now
        finish(error: failure.message)
        tell(.failed(message: failure.message, code: failure.code))
        try loop.run()
        leave(after: .zero)
    }

    /// Records the end, tells it, and undoes what was made. The order's files go last: until then the next command finds in
    /// them what is left to undo.
    func finish(error: String?) {
        phase = .ending
        state.status = .exiting
        state.pid = 0
        stopProbing()
        for port in ports.values { port.close() }
        ports = [:]
        names?.close()
        names = nil
        uses = []
        let isRemoved = order.journal?.tellsRemoval == true
        // Nobody reads the record of what is gone.
        let isRecorded = isRemoved || recordEnd(error: error)
        if state.startedAt != 0 {
            noteNetworks("disconnect")
            noteUnmounts()
        }
        if isStopRequested { note("stop") }
        var failures = undo(.beforeEnd)
        if isRemoved { note("destroy") }
        for client in clients { client.tellEnd(code: state.exitCode) }
        failures += undo(.afterEnd)
        closeListener()
        if isRecorded, failures.isEmpty { try? RunFile.removeAll(in: folder) }
        lock = nil
        // The disk is slow and nobody waits for it: a container whose record a power cut takes counts as stopped by it.
        if !isRemoved { try? WholeFile.synchronize(FilePath(order.exitRecord)) }
        leaveWhenHeard()
    }

    private func undo(_ moment: TeardownStep.Moment) -> [Teardown.Failure] {
        Teardown.perform(order.teardown.filter { $0.moment == moment })
    }

    /// Lets go of whoever is connected, and removes what nobody comes for.
    func leave(after patience: Duration) {
        for client in clients { client.close() }
        for case .removeIdleNetwork(let removal) in order.teardown { try? removal.perform(after: patience) }
    }

    private func recordEnd(error: String?) -> Bool {
        try? saveState()
        let record = ExitRecord(
            exitCode: state.exitCode,
            startedAt: state.startedAt,
            finishedAt: state.finishedAt,
            outOfMemory: countOutOfMemoryKills() > outOfMemoryKills,
            stoppedByHand: isStoppedByHand,
            restartCount: restarting.count,
            error: error,
            health: state.health
        )
        do {
            try WholeFile.replace(FilePath(order.exitRecord), with: try JSON.encode(record), isDurable: false)
            return true
        } catch {
            return false
        }
    }

    /// Ends the loop when every client has what it was sent, and those that have just come have been answered.
    private func leaveWhenHeard() {
        guard !clients.allSatisfy(\.isServed) else { return loop.stop() }
        loop.schedule(after: Self.clientPatience) { [unowned self] in loop.stop() }
    }

    /// Kills what is left of the container.
    func killGroup() {
        for path in order.cgroups { try? CgroupFolder(FilePath(path)).kill() }
    }

    func countOutOfMemoryKills() -> Int {
        order.cgroups.compactMap { CgroupFolder(FilePath($0)).outOfMemoryKills() }.max() ?? 0
    }
}
