import CEvents
import Glibc
public import SystemPackage

/// Waits for many things at once, on one thread: descriptors, ends of processes, signals and deadlines.
///
/// Nothing here polls or sleeps: the thread is asleep in epoll(7) until the next of them comes.
public final class EventLoop {
    /// What one waits for on a descriptor, and what has come. The end of a stream and an error count as readable and
    /// writable, since the next read or write tells of them.
    public struct Readiness: OptionSet, Hashable, Sendable {
        /// The set's bits.
        public let rawValue: UInt32
        /// Bytes, a connection or the end can be read.
        public static let readable = Readiness(rawValue: 1)
        /// Bytes can be written.
        public static let writable = Readiness(rawValue: 2)

        /// A set of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
    }

    private struct Watch {
        var readiness: Readiness
        let generation: UInt32
        let handler: (Readiness) -> Void
    }

    /// The set of descriptors that the kernel watches (epoll(7)).
    let set: FileDescriptor
    private var watches: [Int32: Watch] = [:]
    private(set) var deadlines = Deadlines()
    private var generation: UInt32 = 0
    private var isStopped = false
    /// Whether the process has given its memory back since something came last.
    var hasRested = false

    /// How long nothing may come before the process gives back the memory that it does not need while it waits; `nil` for
    /// processes that never wait long.
    public var restPatience: Duration?
    /// What is done before the memory is given back: buffers may go.
    public var resting: () -> Void = {}

    /// The corresponding C function is `epoll_create1`.
    public init() throws(SystemError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw SystemError("epoll_create1", errno: Errno(rawValue: Glibc.errno)) }
        set = FileDescriptor(rawValue: number)
    }

    deinit { try? set.close() }

    /// Calls the handler whenever the descriptor is ready, until ``forget(_:)``.
    ///
    /// An empty readiness waits for nothing, not even for the end, until ``change(_:to:)``. Regular files cannot be
    /// watched (`EPERM`): they are always ready.
    public func watch(
        _ descriptor: FileDescriptor,
        for readiness: Readiness,
        _ handler: @escaping (Readiness) -> Void
    ) throws(SystemError) {
        generation &+= 1
        let watch = Watch(readiness: readiness, generation: generation, handler: handler)
        if !readiness.isEmpty { try control(EPOLL_CTL_ADD, descriptor, watch) }
        watches[descriptor.rawValue] = watch
    }

    /// Waits for something else on a descriptor that is watched.
    public func change(_ descriptor: FileDescriptor, to readiness: Readiness) throws(SystemError) {
        guard var watch = watches[descriptor.rawValue], watch.readiness != readiness else { return }
        let operation = watch.readiness.isEmpty ? EPOLL_CTL_ADD : readiness.isEmpty ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        watch.readiness = readiness
        watches[descriptor.rawValue] = watch
        try control(operation, descriptor, watch)
    }

    /// Stops watching. To be called before the descriptor is closed.
    public func forget(_ descriptor: FileDescriptor) {
        guard let watch = watches.removeValue(forKey: descriptor.rawValue), !watch.readiness.isEmpty else { return }
        try? control(EPOLL_CTL_DEL, descriptor, watch)
    }

    /// Calls the action once, when that much time has passed on the monotonic clock.
    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> Deadline {
        deadlines.add(at: MonotonicTime.now.advanced(by: delay), action)
    }

    /// Takes back what ``schedule(after:_:)`` promised; nothing happens if it has been kept already.
    public func cancel(_ deadline: Deadline) { deadlines.remove(deadline) }

    /// Handles what comes until ``stop()``, or until nothing is left that could come.
    public func run() throws(SystemError) {
        defer { isStopped = false }
        while !isStopped, !watches.isEmpty || !deadlines.isEmpty { try turn() }
    }

    /// Makes ``run()`` return when the present handler has returned; the next one at once if none runs.
    public func stop() { isStopped = true }

    /// Waits once, and handles everything that has come.
    private func turn() throws(SystemError) {
        for event in try nextEvents() {
            hasRested = false
            let number = Int32(truncatingIfNeeded: event.data)
            // The handler of an earlier event may have forgotten this one, and even reused its number.
            guard !isStopped, let watch = watches[number] else { continue }
            guard watch.generation == UInt32(truncatingIfNeeded: event.data >> 32) else { continue }
            watch.handler(event.readiness)
        }
        while !isStopped, let action = deadlines.popDue(at: .now) {
            hasRested = false
            action()
        }
    }

    private func control(_ operation: Int32, _ descriptor: FileDescriptor, _ watch: Watch) throws(SystemError) {
        var events: UInt32 = 0
        if watch.readiness.contains(.readable) { events |= EPOLLIN.rawValue }
        if watch.readiness.contains(.writable) { events |= EPOLLOUT.rawValue }
        let data = UInt64(UInt32(bitPattern: descriptor.rawValue)) | UInt64(watch.generation) << 32
        let result = tutti_epoll_control(set.rawValue, operation, descriptor.rawValue, events, data)
        try SystemError.check("epoll_ctl", result)
    }
}
