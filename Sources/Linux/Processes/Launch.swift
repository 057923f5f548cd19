import CLinux
public import SystemPackage

/// A process that has become its command.
public struct LaunchedProcess: Hashable, Sendable {
    /// As this process's pid namespace numbers it.
    public let pid: Int32
    /// A pidfd: readable once the process has ended. The holder closes it.
    public let pidDescriptor: Int32
    /// The master side of the terminal that the program allocated, if it did. The holder closes it.
    public let terminal: Int32?
}

/// The step at which a new process gave up.
public struct LaunchError: Error, Hashable, Sendable {
    /// The step in words, such as `mount proc on /proc`; nil when the process could not be born.
    public let step: String?
    /// Why.
    public let errno: Errno
    /// Whether the step was the last one, the `execve`.
    public let isExecution: Bool

    /// A value of these parts.
    public init(step: String?, errno: Errno, isExecution: Bool = false) {
        self.step = step
        self.errno = errno
        self.isExecution = isExecution
    }

    /// What Docker exits with: 127 for a command that is not there, 126 for one that cannot be run, else 125.
    public var exitCode: Int32 {
        guard isExecution else { return 125 }
        return errno == .noSuchFileOrDirectory ? 127 : 126
    }
}

extension LaunchError: CustomStringConvertible {
    /// What went wrong, in one line.
    public var description: String {
        guard let step else { return "clone3: \(errno)" }
        guard isExecution, errno == .noSuchFileOrDirectory, !step.utf8.contains(UInt8(ascii: "/")) else {
            return "\(step): \(errno)"
        }
        return "\(step): executable file not found in $PATH"
    }
}

/// Starts processes that obey a launch program.
public enum Launch {
    /// Starts a process and returns once it has become its command.
    ///
    /// The new process dies with the calling thread. Called from a process with one thread.
    ///
    /// - Parameters:
    ///   - program: What ``LaunchProgram/encoded`` gave.
    ///   - standard: Standard input, output and error.
    ///   - entered: A pidfd of the process whose namespaces ``LaunchStep/enter(_:)`` joins.
    public static func start(
        _ program: [UInt8],
        standard: (input: Int32, output: Int32, error: Int32),
        entering entered: Int32? = nil
    ) throws(LaunchError) -> LaunchedProcess {
        var launched = tutti_launched()
        let descriptors = [standard.input, standard.output, standard.error]
        let result = program.withUnsafeBytes { bytes in
            tutti_launch(bytes.baseAddress, bytes.count, descriptors, entered ?? -1, &launched)
        }
        guard result == 0 else { throw Self.error(launched) }
        return LaunchedProcess(
            pid: launched.pid,
            pidDescriptor: launched.pidfd,
            terminal: launched.terminal < 0 ? nil : launched.terminal
        )
    }

    private static func error(_ launched: tutti_launched) -> LaunchError {
        let label = withUnsafeBytes(of: launched.label) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return LaunchError(
            step: label.isEmpty ? nil : label,
            errno: Errno(rawValue: launched.error),
            isExecution: label.hasPrefix("exec: ")
        )
    }
}
