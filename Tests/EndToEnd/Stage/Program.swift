import Glibc

/// What a program left behind when it ended.
struct Outcome: CustomStringConvertible {
    let command: String
    /// The exit code; 128 and the signal's number where a signal ended it; nil where it had to be ended for taking too long.
    let code: Int32?
    let output: String
    let errors: String

    var lines: [Substring] { output.split(separator: "\n") }

    /// The output without the line break that ends it.
    var text: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }

    var description: String {
        "$ \(command)\n\(output)\(errors)[\(code.map { "exit \($0)" } ?? "took too long")]"
    }
}

/// A program to start, and how.
struct Program {
    var path: String
    var arguments: [String]
    var environment: [String: String]
    var folder: String

    /// Runs to the end, or until the time is up.
    func run(input: String = "", seconds: Double = 60) throws -> Outcome {
        let child = try start(input: input)
        return child.finish(within: seconds)
    }

    /// Starts it with `input` on its standard input, and does not wait.
    func start(input: String = "") throws -> Child {
        let (inputEnds, outputEnds, errorEnds) = (try pipes(), try pipes(), try pipes())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputEnds.read, 0)
        posix_spawn_file_actions_adddup2(&actions, outputEnds.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errorEnds.write, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
        )
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)

        var pid: pid_t = 0
        // `env` changes to the folder, and becomes the program.
        let error = withCStrings(["env", "-C", folder, path] + arguments) { arguments in
            withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, arguments, environment)
            }
        }
        for end in [inputEnds.read, outputEnds.write, errorEnds.write] { close(end) }
        guard error == 0 else {
            for end in [inputEnds.write, outputEnds.read, errorEnds.read] { close(end) }
            throw StageError("\(path): \(String(cString: strerror(error)))")
        }
        let command = ([path] + arguments).joined(separator: " ")
        return Child(
            pid: pid,
            command: command,
            input: inputEnds.write,
            output: outputEnds.read,
            errors: errorEnds.read,
            text: input
        )
    }

    private func pipes() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StageError("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}

/// Something the stage itself could not do.
struct StageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Seconds on a clock that only goes forward.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Asks until the answer is yes or the time is up.
func eventually(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = now() + seconds
    while now() < end {
        if try condition() { return true }
        usleep(20_000)
    }
    return try condition()
}
