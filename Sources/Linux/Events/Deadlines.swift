/// One action that an ``EventLoop`` has promised to perform.
public struct Deadline: Hashable, Sendable {
    let number: UInt64
}

/// The actions that are due some time, the soonest first.
struct Deadlines {
    private struct Entry {
        let time: MonotonicTime
        let number: UInt64
        let action: () -> Void
    }

    private var entries: [Entry] = []
    private var last: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(at time: MonotonicTime, _ action: @escaping () -> Void) -> Deadline {
        last += 1
        let place = entries.firstIndex { $0.time > time } ?? entries.endIndex
        entries.insert(Entry(time: time, number: last, action: action), at: place)
        return Deadline(number: last)
    }

    mutating func remove(_ deadline: Deadline) {
        entries.removeAll { $0.number == deadline.number }
    }

    /// The time to wait for the first of them: -1 when there is none. Rounded up, so that nobody wakes up too early.
    func millisecondsToNext(from now: MonotonicTime) -> Int32 {
        guard let first = entries.first else { return -1 }
        let left = now.duration(to: first.time)
        guard left > .zero else { return 0 }
        return Self.milliseconds(left)
    }

    /// Rounded up, and at most as many as epoll(7) takes.
    static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
        guard !milliseconds.overflow else { return .max }
        return Int32(clamping: milliseconds.partialValue + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    mutating func popDue(at now: MonotonicTime) -> (() -> Void)? {
        guard let first = entries.first, first.time <= now else { return nil }
        return entries.removeFirst().action
    }
}
