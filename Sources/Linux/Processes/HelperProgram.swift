import Glibc
public import SystemPackage

/// A program of the user's that does one thing and answers: a credential helper, for example.
public enum HelperProgram {
    /// How a program ended, and what it said.
    public struct Answer: Sendable {
        /// How it ended.
        public let status: TerminationStatus
        /// What it wrote.
        public let output: [UInt8]
        /// What it wrote to standard error, if that was to be kept.
        public let errors: [UInt8]
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - input: What it reads.
    ///   - limit: How many bytes of its answer are kept; it is read to the end all the same.
    ///   - keepsErrors: Whether what it writes to standard error is kept; otherwise it is for the user.
    public static func run(
        _ file: FilePath,
        arguments: [String],
        environment: [String],
        input: [UInt8],
        limit: Int = 1 << 16,
        keepsErrors: Bool = false
    ) throws(SystemError) -> Answer {
        // A file rather than a pipe: a program that reads nothing of it breaks none.
        let given = OwnedDescriptor(try MemoryFile.make("input", input))
        let errors = OwnedDescriptor(try MemoryFile.make("errors", []))
        let (reading, writing) = try FileDescriptor.closeOnExecPipe()
        let answer = OwnedDescriptor(reading)
        let pid: pid_t
        do throws(SystemError) {
            let complaints = keepsErrors ? [errors.descriptor.rawValue] : []
            let descriptors = [given.descriptor.rawValue, writing.rawValue] + complaints
            pid = try spawn(file, [file.string] + arguments, environment, descriptors)
        } catch {
            close(writing.rawValue)
            throw error
        }
        close(writing.rawValue)
        var output: [UInt8] = []
        while true {
            let piece = try answer.read(1 << 12)
            guard !piece.isEmpty else { break }
            output += piece.prefix(max(0, limit - output.count))
        }
        let status = try ChildProcess(pid: pid, pidDescriptor: -1).wait()
        lseek(errors.descriptor.rawValue, 0, SEEK_SET)
        return Answer(status: status, output: output, errors: try errors.read(limit))
    }

    /// Starts a program with these descriptors as 0, 1 and so on, and with no signal blocked.
    private static func spawn(
        _ file: FilePath,
        _ arguments: [String],
        _ environment: [String],
        _ descriptors: [Int32]
    ) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, file.string, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw SystemError("posix_spawn", on: file.string, errno: Errno(rawValue: code)) }
        return pid
    }
}
