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
    ///   - limit: How many bytes of its answer are kept, its beginning; it is read to the end all the same. Of standard
    ///     error the end is kept, twice as much at most.
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
        var said = [try Reception(limit: limit, keepsEnd: false)]
        if keepsErrors { said.append(try Reception(limit: limit, keepsEnd: true)) }
        defer { for reception in said { reception.close() } }
        let descriptors = [given.descriptor.rawValue] + said.map(\.writing.rawValue)
        let pid = try spawn(file, [file.string] + arguments, environment, descriptors)
        for place in said.indices { said[place].closeWriting() }
        try Reception.drain(&said)
        let status = try ChildProcess(pid: pid, pidDescriptor: -1).wait()
        return Answer(status: status, output: said[0].bytes, errors: keepsErrors ? said[1].bytes : [])
    }

    /// A pipe, and so much of what came through it as is kept.
    private struct Reception {
        let reading: FileDescriptor
        private(set) var writing: FileDescriptor
        private(set) var bytes: [UInt8] = []
        private let limit: Int
        /// Whether the end is kept of what is too long, and not the beginning.
        private let keepsEnd: Bool
        private var hasEnded = false

        init(limit: Int, keepsEnd: Bool) throws(SystemError) {
            (reading, writing) = try FileDescriptor.closeOnExecPipe()
            self.limit = limit
            self.keepsEnd = keepsEnd
        }

        mutating func closeWriting() {
            Glibc.close(writing.rawValue)
            writing = FileDescriptor(rawValue: -1)
        }

        func close() {
            for end in [reading, writing] where end.rawValue >= 0 { Glibc.close(end.rawValue) }
        }

        /// Reads all to their ends, in whatever order they are written.
        static func drain(_ receptions: inout [Reception]) throws(SystemError) {
            while receptions.contains(where: { !$0.hasEnded }) {
                var polled = receptions.map {
                    pollfd(fd: $0.hasEnded ? -1 : $0.reading.rawValue, events: Int16(POLLIN), revents: 0)
                }
                _ = poll(&polled, nfds_t(polled.count), -1)
                for (place, answer) in polled.enumerated() where answer.revents != 0 { try receptions[place].read() }
            }
        }

        private mutating func read() throws(SystemError) {
            var piece = [UInt8](repeating: 0, count: 1 << 12)
            guard let count = try reading.readAvailable(into: &piece), count > 0 else {
                hasEnded = true
                return
            }
            let room = keepsEnd ? count : max(0, limit - bytes.count)
            bytes += piece[..<min(count, room)]
            if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
        }
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
