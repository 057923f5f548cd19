import CEvents
import CLinux
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

extension ChildProcess {
    /// A child that is known by its number only.
    ///
    /// The corresponding C function is `pidfd_open`.
    public init(pid: Int32) throws(SystemError) {
        let descriptor = tutti_pidfd_open(pid)
        guard descriptor >= 0 else {
            throw SystemError("pidfd_open", on: "\(pid)", errno: Errno(rawValue: tutti_errno()))
        }
        self.init(pid: pid, pidDescriptor: descriptor)
    }

    /// How the child ended, or nil while it runs. Collects it, so that it can be asked once.
    ///
    /// The corresponding C function is `waitpid` with `WNOHANG`.
    public func collect() throws(SystemError) -> TerminationStatus? {
        var status: Int32 = 0
        let ended = try SystemError.check("waitpid", on: "\(pid)", tutti_collect(pid, &status))
        guard ended != 0 else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}
