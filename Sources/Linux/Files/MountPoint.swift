import CLinux
import Glibc
import SystemPackage

/// What is mounted where a path leads, as `/proc/self/mountinfo` tells it.
public struct MountPoint: Hashable, Sendable {
    /// Where it is mounted.
    public let path: String
    /// Whether mounts made there spread to others.
    public let isShared: Bool
    /// Whether mounts made elsewhere spread to it.
    public let isSlave: Bool

    /// The mount that a path is on, links followed.
    public init(of path: String) throws(SystemError) {
        let descriptor = open(path, pathOnly | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path, errno: Errno(rawValue: tutti_errno())) }
        defer { close(descriptor) }
        let facts = try lines(of: "/proc/self/fdinfo/\(descriptor)")
        let number = facts.first { $0.hasPrefix("mnt_id:") }.map { $0.dropFirst(7).filter { $0.isNumber } }
        for line in try lines(of: "/proc/self/mountinfo") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, String(fields[0]) == number else { continue }
            let tags = fields[6...].prefix { $0 != "-" }
            self.path = String(fields[4])
            isShared = tags.contains { $0.hasPrefix("shared:") }
            isSlave = tags.contains { $0.hasPrefix("master:") }
            return
        }
        throw SystemError("find the mount", on: path, errno: .noSuchFileOrDirectory)
    }
}

/// `O_PATH`, which Swift does not see.
private let pathOnly = Int32(0o10000000)
