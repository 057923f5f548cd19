import Linux
import SystemPackage

/// What is hidden or made read-only in every container that is not privileged.
enum ProtectedPaths {
    static let masked = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// A way to learn about neighbours from the heat of a processor: `cpuN/thermal_throttle`, where there is one.
    static var thermalThrottles: [String] {
        let folder = "/sys/devices/system/cpu"
        guard Folder.hasEntry(FilePath("\(folder)/cpu0/thermal_throttle")), let processors = IndexList.processors else {
            return []
        }
        return processors.numbers.sorted().map { "\(folder)/cpu\($0)/thermal_throttle" }
    }

    static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}

/// The device nodes and links that every container has.
enum StandardDevices {
    private static let characterDevice: UInt32 = 0o020666

    static let nodes: [(target: String, node: DeviceNode)] = [
        ("/dev/null", DeviceNode(mode: characterDevice, number: 0x103)),
        ("/dev/zero", DeviceNode(mode: characterDevice, number: 0x105)),
        ("/dev/full", DeviceNode(mode: characterDevice, number: 0x107)),
        ("/dev/random", DeviceNode(mode: characterDevice, number: 0x108)),
        ("/dev/urandom", DeviceNode(mode: characterDevice, number: 0x109)),
        ("/dev/tty", DeviceNode(mode: characterDevice, number: 0x500)),
    ]

    static let links: [(target: String, source: String)] = [
        ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"), ("/dev/core", "/proc/kcore"), ("/dev/ptmx", "pts/ptmx"),
    ]
}
