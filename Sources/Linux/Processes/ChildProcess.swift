import CLinux
import Glibc
public import SystemPackage

/// How a process ended.
public enum TerminationStatus: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    /// The exit status as a shell reports it: 128 plus the number of a signal that killed.
    public var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        }
    }
}

/// A process that this one started and waits for.
public struct ChildProcess: Hashable, Sendable {
    /// As this process's pid namespace numbers it.
    public let pid: Int32
    /// A pidfd: readable once the process has ended.
    public let pidDescriptor: Int32

    /// A value of these parts.
    public init(pid: Int32, pidDescriptor: Int32) {
        self.pid = pid
        self.pidDescriptor = pidDescriptor
    }

    /// Starts a program from a read-only clone of its mount, so that whoever reaches `/proc/PID/exe` cannot write to it.
    ///
    /// - Parameters:
    ///   - inherited: Descriptors that the program gets as 0, 1, 2 and so on; a negative one stays closed. It gets no others.
    public static func spawn(
        _ file: FilePath,
        arguments: [String],
        environment: [String] = [],
        inherited: [Int32]
    ) throws(SystemError) -> ChildProcess {
        var pid: Int32 = -1
        var pidDescriptor: Int32 = -1
        let failure = withCStrings(arguments) { argumentPointers in
            withCStrings(environment) { environmentPointers in
                tutti_spawn(
                    file.string,
                    argumentPointers,
                    environmentPointers,
                    inherited,
                    Int32(inherited.count),
                    &pid,
                    &pidDescriptor
                )
            }
        }
        guard failure != 0 else { return ChildProcess(pid: pid, pidDescriptor: pidDescriptor) }
        if pid > 0 {
            _ = try? ChildProcess(pid: pid, pidDescriptor: pidDescriptor).wait()
            Glibc.close(pidDescriptor)
        }
        throw SystemError("execve", on: file.string, errno: Errno(rawValue: failure))
    }

    /// Waits until the process has ended, and takes its status from the kernel.
    public func wait() throws(SystemError) -> TerminationStatus {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            let failure = tutti_errno()
            guard failure == EINTR else { throw SystemError("waitpid", on: "\(pid)", errno: Errno(rawValue: failure)) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return body(pointers)
}
