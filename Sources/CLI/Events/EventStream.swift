import Journal
import Linux
import Storage

/// What has happened, and what happens, in order.
struct EventStream {
    private let journal: Journal
    /// Nanoseconds since 1970; what is earlier is left out.
    private let since: Int64?
    /// Nanoseconds since 1970; it ends there. Without it, it never does.
    private let until: Int64?

    init(_ root: StateRoot, since: Int64?, until: Int64?) {
        journal = Journal(root.events)
        self.since = since
        self.until = until
    }

    /// Hands over one entry after the other.
    func run(_ body: @escaping (JournalEntry) throws -> Void) throws {
        try journal.makeFolder()
        let watch = try FileWatch()
        try watch.add(journal.folder)
        var reader = try JournalReader(journal, isFromEnd: since == nil && until == nil)
        func read() throws {
            try reader.readAvailable { if isWanted($0) { try body($0) } }
        }
        try read()
        let loop = try EventLoop()
        if let until {
            let left = until - WallClock.now
            guard left > 0 else { return }
            loop.schedule(after: .nanoseconds(left)) { loop.stop() }
        }
        var failure: (any Error)?
        try loop.watch(watch.descriptor, for: .readable) { _ in
            do {
                _ = try watch.wait(milliseconds: 0)
                try read()
            } catch {
                failure = error
                loop.stop()
            }
        }
        try loop.run()
        if let failure { throw failure }
    }

    private func isWanted(_ entry: JournalEntry) -> Bool {
        entry.time >= since ?? .min && entry.time <= until ?? .max
    }
}

/// Flags of the commands that show events.
enum EventFlag {
    static let since = Flag<String?>.text("--since", "Show what is later than a time, or than so long ago: 42m")
    static let until = Flag<String?>.text("--until", "Show what is earlier than a time, or than so long ago: 42m")

    /// The stream that the flags ask for.
    static func stream(_ arguments: Arguments, _ root: StateRoot) throws(UsageError) -> EventStream {
        let now = WallClock.now
        return EventStream(
            root,
            since: try LogFlag.instant(arguments, since, now),
            until: try LogFlag.instant(arguments, until, now)
        )
    }
}
