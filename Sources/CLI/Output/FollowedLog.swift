import Containers
import Linux

/// A container's log, read as it grows.
final class FollowedLog {
    let name: String
    private let watch: FileWatch
    private let log: ContainerLog
    private let selection: ContainerLog.Selection
    private var follower: LogFollower?

    /// - Parameter name: what its lines are marked with.
    init(_ container: Container, name: String, selection: ContainerLog.Selection) throws {
        self.name = name
        self.selection = selection
        log = ContainerLog(path: container.logPath)
        watch = try FileWatch()
        try watch.add(container.logPath.removingLastComponent())
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
        if follower == nil {
            follower = LogFollower(log, from: try log.read(selection) { try sink.take($0, of: name) })
        }
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
