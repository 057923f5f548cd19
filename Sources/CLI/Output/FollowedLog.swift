import Containers
import Linux

/// A container's log, read as it grows.
final class FollowedLog {
    let name: String
    private let watch: FileWatch
    private let log: ContainerLog
    private let selection: ContainerLog.Selection
    private var follower: LogFollower?
    private var history: LogCursor?

    /// - Parameter name: what its lines are marked with.
    init(_ container: Container, name: String, selection: ContainerLog.Selection) throws {
        self.name = name
        self.selection = selection
        log = ContainerLog(path: container.logPath)
        watch = try FileWatch()
        try watch.add(container.logPath.removingLastComponent())
    }

    /// The next entry of what there was at first; nil after the last.
    func nextOfHistory() throws -> ContainerLog.Entry? {
        guard follower == nil else { return nil }
        let cursor = try history ?? log.entries(selection)
        history = cursor
        if let entry = try cursor.next() { return entry }
        follower = LogFollower(log, after: cursor)
        history = nil
        return nil
    }

    /// Has the loop read what is added.
    func follow(on loop: EventLoop, into sink: LogSink, failed: @escaping (any Error) -> Void) throws {
        try read(into: sink)
        try loop.watch(watch.descriptor, for: .readable) { [self] _ in
            do {
                _ = try watch.wait(milliseconds: 0)
                try read(into: sink)
            } catch {
                failed(error)
            }
        }
    }

    /// Reads what there is, and what has been added since.
    func read(into sink: LogSink) throws {
        while let entry = try nextOfHistory() { try sink.take(entry, of: name) }
        try follower?.readAvailable { entry in
            if let until = selection.until, let time = TimeText.timestamp(entry.time), time > until { return }
            try sink.take(entry, of: name)
        }
        try sink.flush()
    }

    /// Reads for the last time.
    func finish(on loop: EventLoop, into sink: LogSink) throws {
        loop.forget(watch.descriptor)
        try read(into: sink)
        try sink.finish(name)
        try sink.flush()
    }
}

extension LogSink {
    /// Takes what there is in several logs, in the order in which it was written.
    func take(historyOf logs: [FollowedLog]) throws {
        var heads: [(time: Int64, entry: ContainerLog.Entry, log: FollowedLog)] = []
        func advance(_ log: FollowedLog) throws {
            guard let entry = try log.nextOfHistory() else { return }
            // Behind those that are as old, so that what comes from one log stays together.
            let time = entry.instant
            let place = heads.firstIndex { $0.time < time } ?? heads.endIndex
            heads.insert((time, entry, log), at: place)
        }
        for log in logs.reversed() { try advance(log) }
        while let head = heads.popLast() {
            try take(head.entry, of: head.log.name)
            try advance(head.log)
        }
        try flush()
    }
}
