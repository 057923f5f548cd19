import Glibc
import Linux
import Orchestrator

/// Waits for work that goes on in the background, while signals and the display are attended to.
enum Foreground {
    /// Waits for the work, and gives what came of it.
    ///
    /// The first SIGINT or SIGTERM cancels the work, which then stops at a place from which it can go on another time. The
    /// second ends the program at once; what is on disk stays usable all the same.
    static func wait<Value: Sendable>(
        for work: @escaping @Sendable () async throws -> Value,
        showing progress: some ProgressRenderer
    ) throws -> Value {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Result<Value, any Error>>()
        var result: Result<Value, any Error>?
        var interruption: Int32?
        try mailbox.deliver(on: loop) { outcome in
            result = outcome
            loop.stop()
        }
        var task: InterruptibleTask?
        try loop.watch(signals: [SIGINT, SIGTERM, SIGPIPE]) { signal in
            guard signal != SIGPIPE else { return }
            guard interruption == nil else { exit(128 + signal) }
            interruption = signal
            task?.cancel()
        }
        // Threads have the signal mask of those that start them: none is started before the signals are blocked, so that
        // a reader of ours who goes away does not end the work half-way.
        task = InterruptibleTask(work, mailbox)
        if let interval = progress.interval { tick(loop, every: interval, progress) }
        try loop.run()
        progress.finish()
        do {
            guard let result else { throw Cancelled() }
            return try result.get()
        } catch let error as Cancelled {
            guard let interruption else { throw error }
            throw Failure("canceled", code: 128 + interruption)
        }
    }

    private static func tick(_ loop: EventLoop, every interval: Duration, _ progress: some ProgressRenderer) {
        loop.schedule(after: interval) {
            progress.redraw()
            tick(loop, every: interval, progress)
        }
    }
}

/// Work that posts what came of it.
struct InterruptibleTask: Sendable {
    private let task: Task<Void, Never>

    init<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value,
        _ mailbox: Mailbox<Result<Value, any Error>>
    ) {
        task = Task.detached {
            do {
                mailbox.post(.success(try await work()))
            } catch {
                mailbox.post(.failure(error))
            }
        }
    }

    func cancel() { task.cancel() }
}
