import SystemPackage

/// What has gone through the interfaces of a network namespace, loopback aside.
public struct InterfaceTraffic: Hashable, Sendable {
    /// Bytes that came.
    public var received: Int64 = 0
    /// Bytes that went.
    public var sent: Int64 = 0

    /// As a process sees it: `/proc/PID/net/dev`. Nothing for a process that is not there.
    public init(process: Int32) {
        guard let bytes = try? WholeFile.read(FilePath("/proc/\(process)/net/dev")) else { return }
        // `eth0: 1 2 3 4 5 6 7 8 9 …`: bytes received are the first number, bytes sent the ninth.
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0].split(separator: " ").last != "lo" else { continue }
            let numbers = parts[1].split(separator: " ").map { Int64($0) ?? 0 }
            guard numbers.count > 8 else { continue }
            received += numbers[0]
            sent += numbers[8]
        }
    }
}
