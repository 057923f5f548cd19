import Linux
import SystemPackage

/// A process as `top` shows it. proc_pid_stat(5)
struct ProcessRow {
    static let headers = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]

    let cells: [String]

    /// Nil for a process that has gone.
    init?(_ pid: Int32) {
        let folder = FilePath("/proc/\(pid)")
        guard let stat = try? WholeFile.read(folder.appending("stat")),
            let status = try? WholeFile.read(folder.appending("status")),
            // The name in parentheses may contain anything, so what counts comes after the last one.
            let end = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 19, let user = Int64(fields[11]), let system = Int64(fields[12]),
            let start = Int64(fields[19])
        else { return nil }
        let ticks: Int64 = 100
        let age = MonotonicTime.now.nanoseconds / 1_000_000_000 - start / ticks
        let busy = (user + system) / ticks
        let share = age > 0 ? busy * 100 / age : 0
        let started = TimeText.rfc3339(WallClock.now - age * 1_000_000_000).dropFirst(11).prefix(5)
        cells = [
            Self.user(status), "\(pid)", fields[1], "\(share)", String(started), "?", Self.clock(busy),
            Self.command(folder, stat),
        ]
    }

    private static func user(_ status: [UInt8]) -> String {
        let lines = status.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let uid = lines.first { $0.hasPrefix("Uid:") }?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return uid == "0" ? "root" : uid.map(String.init) ?? "?"
    }

    private static func clock(_ seconds: Int64) -> String {
        [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    private static func command(_ folder: FilePath, _ stat: [UInt8]) -> String {
        let line = (try? WholeFile.read(folder.appending("cmdline"), limit: 4 << 20)) ?? []
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard words.isEmpty else { return words.joined(separator: " ") }
        let name = stat.drop { $0 != UInt8(ascii: "(") }.dropFirst().prefix { $0 != UInt8(ascii: ")") }
        return "[\(String(decoding: name, as: UTF8.self))]"
    }
}
