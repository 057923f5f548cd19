import CEvents
import Glibc
public import SystemPackage

extension EventLoop {
    /// Calls the handler each time one of the signals comes; the signals are blocked from now on, so that they come here
    /// and nowhere else.
    ///
    /// The corresponding C function is `signalfd`.
    public func watch(signals: [Int32], _ handler: @escaping (Int32) -> Void) throws(SystemError) {
        let result = tutti_signal_descriptor(signals, Int32(signals.count))
        let descriptor = FileDescriptor(rawValue: try SystemError.check("signalfd", result))
        try watch(descriptor, for: .readable) { _ in
            var information = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            while read(descriptor.rawValue, &information, size) == size {
                handler(Int32(information.ssi_signo))
            }
        }
    }

    /// Calls the handler once, when the process has ended. The descriptor is closed then.
    ///
    /// - Parameter process: a pidfd, as pidfd_open(2) gives it.
    public func watch(endOf process: FileDescriptor, _ handler: @escaping () -> Void) throws(SystemError) {
        try watch(process, for: .readable) { [unowned self] _ in
            forget(process)
            try? process.close()
            handler()
        }
    }
}

/// How a process ended.
public enum TerminationStatus: Hashable, Sendable {
    case exited(Int32)
    case signaled(Int32)

    /// Takes the word of wait(2) apart.
    public init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal)
    }

    /// The status as shells and Docker give it: the exit status, or 128 plus the signal's number.
    public var code: Int32 {
        switch self {
        case .exited(let status): status
        case .signaled(let signal): 128 + signal
        }
    }
}

/// A child process that ended, and what became of it.
public enum ChildProcess {
    /// Collects a child: how it ended, or nil while it runs.
    ///
    /// The corresponding C function is `waitpid` with `WNOHANG`.
    public static func collect(_ pid: Int32) throws(SystemError) -> TerminationStatus? {
        var status: Int32 = 0
        let ended = try SystemError.check("waitpid", on: "\(pid)", tutti_collect(pid, &status))
        return ended == 0 ? nil : TerminationStatus(waitStatus: status)
    }

    /// A descriptor for a process, which cannot come to mean another one.
    ///
    /// The corresponding C function is `pidfd_open`.
    public static func descriptor(of pid: Int32) throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: try SystemError.check("pidfd_open", on: "\(pid)", tutti_open_process(pid)))
    }
}
