import Containers
import JSON
import Linux
import SystemPackage

/// What containers use, from one look to the next.
struct StatsTable {
    private var before: [String: ContainerUsage] = [:]
    private let isCut: Bool

    /// The machine's memory, which bounds what has no bound of its own.
    private static let machineMemory: Int64 = {
        let bytes = (try? WholeFile.read("/proc/meminfo")) ?? []
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) * 1024
    }()

    init(isCut: Bool) { self.isCut = isCut }

    /// Looks at the containers, and gives what they use in Docker's columns.
    mutating func look(at containers: [Container]) throws -> Listing {
        var listing = Listing([
            .init("ID", "CONTAINER ID"), .init("Name", "NAME"), .init("CPUPerc", "CPU %"),
            .init("MemUsage", "MEM USAGE / LIMIT"), .init("MemPerc", "MEM %"), .init("NetIO", "NET I/O"),
            .init("BlockIO", "BLOCK I/O"), .init("PIDs", "PIDS"),
        ])
        listing.furtherColumns = [.init("Container", "CONTAINER")]
        var now: [String: ContainerUsage] = [:]
        for container in containers {
            let usage = try container.usage()
            now[container.id] = usage
            listing.rows.append(row(container, usage))
        }
        before = now
        return listing
    }

    private func row(_ container: Container, _ usage: ContainerUsage?) -> JSONValue {
        let id = isCut ? String(container.id.prefix(12)) : container.id
        let group = usage?.group
        let limit = min(group?.memoryLimit ?? .max, usage == nil ? 0 : Self.machineMemory)
        let memory = group?.memory ?? 0
        return [
            "BlockIO": .string(Self.pair(group?.blockRead, group?.blockWritten)),
            "CPUPerc": .string(Self.percent(processorShare(container.id, usage))),
            "Container": .string(id), "ID": .string(id),
            "MemPerc": .string(Self.percent(limit > 0 ? Double(memory) / Double(limit) : 0)),
            "MemUsage": .string("\(ByteSize(memory).binary) / \(ByteSize(limit).binary)"),
            "Name": .string(container.name),
            "NetIO": .string(Self.pair(usage?.traffic.received, usage?.traffic.sent)),
            "PIDs": .string("\(group?.processes ?? 0)"),
        ]
    }

    /// The processor time between two looks as a part of the time; one whole is one core.
    private func processorShare(_ id: String, _ usage: ContainerUsage?) -> Double {
        guard let usage, let earlier = before[id] else { return 0 }
        let passed = usage.time.nanoseconds - earlier.time.nanoseconds
        // Another run of the container begins to count anew.
        let used = usage.group.processorTime - earlier.group.processorTime
        return passed > 0 && used > 0 ? Double(used) / Double(passed) : 0
    }

    private static func pair(_ one: Int64?, _ other: Int64?) -> String {
        "\(ByteSize(one ?? 0).decimal(digits: 3)) / \(ByteSize(other ?? 0).decimal(digits: 3))"
    }

    /// Two decimals, as `%.2f%%` has them.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int64((share * 10_000).rounded())
        let decimals = hundredths % 100
        return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)%"
    }
}
