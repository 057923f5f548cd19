public import SystemPackage

/// What a control group has used so far and uses now.
public struct CgroupUsage: Hashable, Sendable {
    /// Processor time, in nanoseconds.
    public var processorTime: Int64 = 0
    /// Memory in bytes, without the file pages that the kernel could drop at once.
    public var memory: Int64 = 0
    /// The bound of that, in bytes; nil without one.
    public var memoryLimit: Int64?
    /// Bytes that were read from block devices.
    public var blockRead: Int64 = 0
    /// Bytes that were written to block devices.
    public var blockWritten: Int64 = 0
    /// How many processes and threads there are.
    public var processes: Int64 = 0

    /// Reads it off a group's folders: one on cgroup v2, one for each hierarchy on v1. What a folder does not account for
    /// stays zero.
    public init(_ folders: [FilePath]) {
        for folder in folders {
            let files = AccountFiles(folder: folder)
            if CgroupFolder(folder).isUnified { readUnified(files) } else { readHierarchy(files) }
        }
    }

    private mutating func readUnified(_ files: AccountFiles) {
        processorTime = (files.pairs("cpu.stat")["usage_usec"] ?? 0) * 1000
        memory = (files.number("memory.current") ?? 0) - (files.pairs("memory.stat")["inactive_file"] ?? 0)
        memoryLimit = files.number("memory.max")
        processes = files.number("pids.current") ?? 0
        // `8:0 rbytes=1 wbytes=2 rios=3 …`
        for field in files.lines("io.stat").flatMap({ $0.split(separator: " ") }) {
            let parts = field.split(separator: "=")
            guard parts.count == 2, let bytes = Int64(parts[1]) else { continue }
            if parts[0] == "rbytes" { blockRead += bytes }
            if parts[0] == "wbytes" { blockWritten += bytes }
        }
    }

    private mutating func readHierarchy(_ files: AccountFiles) {
        if let time = files.number("cpuacct.usage") { processorTime = time }
        if let usage = files.number("memory.usage_in_bytes") {
            memory = usage - (files.pairs("memory.stat")["total_inactive_file"] ?? 0)
            // A number near the largest stands for no limit.
            memoryLimit = files.number("memory.limit_in_bytes").flatMap { $0 < 1 << 62 ? $0 : nil }
        }
        if let count = files.number("pids.current") { processes = count }
        // `8:0 Read 4096`
        for line in files.lines("blkio.throttle.io_service_bytes_recursive") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let bytes = Int64(fields[2]) else { continue }
            if fields[1] == "Read" { blockRead += bytes }
            if fields[1] == "Write" { blockWritten += bytes }
        }
    }
}

/// The files in which a group accounts for what it uses.
private struct AccountFiles {
    let folder: FilePath

    func lines(_ name: String) -> [Substring] {
        guard let bytes = try? WholeFile.read(folder.appending(name)) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    /// The number that is all there is; nil also for `max`.
    func number(_ name: String) -> Int64? { lines(name).first.flatMap { Int64($0) } }

    /// Lines of a word and a number.
    func pairs(_ name: String) -> [Substring: Int64] {
        var pairs: [Substring: Int64] = [:]
        for line in lines(name) {
            let fields = line.split(separator: " ")
            if fields.count == 2 { pairs[fields[0]] = Int64(fields[1]) }
        }
        return pairs
    }
}
