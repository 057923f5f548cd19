import Containers
import Linux
import Supervision
import SystemPackage

extension LocalEngine {
    /// Waits until a container is as wished.
    ///
    /// - Returns: a warning in place of the error if whoever waits can do without.
    func wait(for wish: Await, _ cancellation: Cancellation) throws -> Event? {
        do {
            try waitStrictly(for: wish, cancellation)
            return nil
        } catch let error as WaitError where !wish.isRequired {
            return Event(.container(wish.container.name), .warning, details: "optional dependency \(error)")
        }
    }

    private func waitStrictly(for wish: Await, _ cancellation: Cancellation) throws {
        let deadline = wish.timeout.map { MonotonicTime.now.advanced(by: .seconds($0)) }
        let alarm = try Alarm()
        try cancellation.withHandler(alarm.ring) {
            while true {
                let container = try containers.find(wish.container.id)
                let watch = try FileWatch()
                for folder in [root.container(container.id), root.runningContainer(container.id)] {
                    if Folder.hasEntry(folder) { try watch.add(folder) }
                }
                if try wish.isMet(by: container.status, hasProbe: container.configuration.health != nil) { return }
                try alarm.wait(for: watch.descriptor, until: deadline)
                if cancellation.isCancelled { throw Cancelled() }
                if let deadline, MonotonicTime.now >= deadline {
                    throw WaitError.timedOut(seconds: wish.timeout ?? 0, isFinal: wish.condition == .runningOrHealthy)
                }
            }
        }
    }
}

extension Await {
    /// Whether the wish has come true; an error if it never will.
    func isMet(by status: ContainerStatus, hasProbe: Bool) throws(WaitError) -> Bool {
        switch (condition, status) {
        case (.completed, .exited(let record)):
            guard record.exitCode == 0 else { throw .notCompleted(service: service, code: record.exitCode) }
            return true
        case (.completed, .lost): throw .notCompleted(service: service, code: 255)
        case (.completed, _): return false
        case (.healthy, .running(let state)), (.healthy, .paused(let state)):
            guard hasProbe else { throw .noHealthCheck(container: container.name) }
            guard state.health?.status != .unhealthy else {
                throw .unhealthy(container: container.name, probe: state.health?.log.last)
            }
            return state.health?.status == .healthy
        case (.healthy, .exited(let record)): throw .exited(container: container.name, code: record.exitCode)
        case (.healthy, .lost): throw .exited(container: container.name, code: 255)
        case (.healthy, _): return false
        case (.runningOrHealthy, .running(let state)):
            guard state.health?.status != .unhealthy else {
                throw .finallyUnhealthy(container: container.name, probe: state.health?.log.last)
            }
            return !hasProbe || state.health?.status == .healthy
        case (.runningOrHealthy, .exited(let record)):
            throw .finallyExited(container: container.name, code: record.exitCode)
        case (.runningOrHealthy, .lost): throw .finallyExited(container: container.name, code: 255)
        case (.runningOrHealthy, _): return false
        }
    }
}

/// Wakes a thread that waits for a descriptor, from another thread.
private final class Alarm: Sendable {
    private let signal: WakeUp

    init() throws(SystemError) {
        signal = try WakeUp()
    }

    /// Wakes whoever waits, now and ever after: nobody clears it.
    @Sendable func ring() { signal.signal() }

    /// Returns when the descriptor is readable, the alarm has rung, or the time has come.
    func wait(for descriptor: FileDescriptor, until deadline: MonotonicTime?) throws(SystemError) {
        let loop = try EventLoop()
        try loop.watch(descriptor, for: .readable) { _ in loop.stop() }
        try loop.watch(signal.reading, for: .readable) { _ in loop.stop() }
        if let deadline { loop.schedule(after: MonotonicTime.now.duration(to: deadline)) { loop.stop() } }
        try loop.run()
        loop.forget(descriptor)
        loop.forget(signal.reading)
    }
}
