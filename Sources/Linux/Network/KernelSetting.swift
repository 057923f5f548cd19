import Glibc
import SystemPackage

/// A kernel setting, such as `net/ipv4/ip_forward` (proc_sys(5)).
///
/// Those below `net` are the calling thread's network namespace's own.
public enum KernelSetting {
    /// The setting's value without the line's end; nil if the kernel has no such setting.
    public static func read(_ name: String) throws(SystemError) -> String? {
        guard let bytes = try ClaimFile.read(at: path(of: name)) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Changes a setting; false if the kernel has no such setting.
    @discardableResult
    public static func write(_ value: String, to name: String) throws(SystemError) -> Bool {
        let path = path(of: name).string
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            if code == ENOENT { return false }
            throw SystemError("open", on: path, errno: Errno(rawValue: code))
        }
        defer { close(file) }
        guard Glibc.write(file, value, value.utf8.count) >= 0 else {
            throw SystemError("write", on: path, errno: Errno(rawValue: errno))
        }
        return true
    }

    private static func path(of name: String) -> FilePath {
        FilePath("/proc/sys").appending(name)
    }
}
