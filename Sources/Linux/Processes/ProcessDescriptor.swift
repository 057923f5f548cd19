import CLinux
import Glibc
public import SystemPackage

/// A descriptor that stands for one process, whoever gets its number later.
public enum ProcessDescriptor {
    /// The corresponding C function is `pidfd_open`.
    public static func open(_ pid: Int32) throws(SystemError) -> FileDescriptor {
        let descriptor = tutti_pidfd_open(pid)
        guard descriptor >= 0 else { throw SystemError("pidfd_open", on: "\(pid)", errno: Errno(rawValue: errno)) }
        return FileDescriptor(rawValue: descriptor)
    }
}

extension ChildProcess {
    /// Sends a signal. A process that has ended gets none, which is no error.
    ///
    /// The corresponding C function is `pidfd_send_signal`.
    public func signal(_ number: Int32) throws(SystemError) {
        guard tutti_pidfd_send_signal(pidDescriptor, number) != 0 else { return }
        let failure = Errno(rawValue: errno)
        guard failure != .noSuchProcess else { return }
        throw SystemError("pidfd_send_signal", on: "\(pid)", errno: failure)
    }
}

/// A file that lives in memory only, and as long as somebody has it open.
public enum MemoryFile {
    /// Makes one with these contents, to be read from the start. The holder closes it.
    ///
    /// The corresponding C function is `memfd_create`.
    public static func make(_ name: String, _ contents: [UInt8]) throws(SystemError) -> FileDescriptor {
        let descriptor = tutti_memory_file(name)
        guard descriptor >= 0 else { throw SystemError("memfd_create", errno: Errno(rawValue: errno)) }
        var written = 0
        while written < contents.count {
            let count = contents[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let failure = Errno(rawValue: errno)
                close(descriptor)
                throw SystemError("write", on: name, errno: failure)
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return FileDescriptor(rawValue: descriptor)
    }
}
