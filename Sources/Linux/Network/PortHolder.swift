import Glibc
import SystemPackage

/// A process that listens on a port.
public struct PortHolder: Hashable, Sendable {
    /// The process's name, as `/proc/PID/comm` has it.
    public let name: String
    /// Its identifier.
    public let pid: Int32
}

extension HostPort {
    /// The process that listens where this port cannot be listened on; nil if there is none that we may see.
    ///
    /// It reads every process's descriptors, so it is for messages only.
    public func holder() -> PortHolder? {
        let sockets = Set(inodes().map { "socket:[\($0)]" })
        guard !sockets.isEmpty, let processes = try? ClaimFile.names(in: "/proc") else { return nil }
        for pid in processes.compactMap(Int32.init) {
            let folder = FilePath("/proc/\(pid)/fd")
            guard let descriptors = try? ClaimFile.names(in: folder),
                descriptors.contains(where: { sockets.contains(Self.link(folder.appending($0))) })
            else { continue }
            let name = (try? ClaimFile.read(at: FilePath("/proc/\(pid)/comm"))) ?? []
            return PortHolder(name: String(decoding: name.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self), pid: pid)
        }
        return nil
    }

    /// The sockets that are in the way, by inode (proc_pid_net(5)). A socket of version 6 may take both families.
    private func inodes() -> [Substring] {
        let waiting = transport == .tcp ? "0A" : "07"
        let hexadecimal = String(number, radix: 16, uppercase: true)
        let port = String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        var found: [Substring] = []
        for file in ["\(transport)", "\(transport)6"] {
            guard let bytes = try? ClaimFile.read(at: FilePath("/proc/thread-self/net/\(file)"), limit: 64 << 20) else {
                continue
            }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == waiting, fields[1].hasSuffix(":\(port)") else { continue }
                found.append(fields[9])
            }
        }
        return found
    }

    private static func link(_ path: FilePath) -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { readlink(path.string, $0, 64) } ?? 0 }
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }
}
