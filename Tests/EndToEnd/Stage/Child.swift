import Glibc

/// A program that runs, with both of its outputs gathered.
final class Child {
    let pid: pid_t
    private let command: String
    private var input: Int32
    private var streams: [Int32]
    private var gathered: [[UInt8]] = [[], []]
    private var unsent: ArraySlice<UInt8>
    private var code: Int32?

    init(pid: pid_t, command: String, input: Int32, output: Int32, errors: Int32, text: String) {
        self.pid = pid
        self.command = command
        self.input = input
        streams = [output, errors]
        unsent = ArraySlice(Array(text.utf8))
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        if code == nil { end() }
        for stream in streams + [input] where stream >= 0 { close(stream) }
    }

    var output: String { String(decoding: gathered[0], as: UTF8.self) }
    var errors: String { String(decoding: gathered[1], as: UTF8.self) }

    /// Sends a signal to it alone.
    func send(_ signal: Int32) { kill(pid, signal) }

    /// Gathers until the output holds the text. False when the time is up or the program ended first.
    func prints(_ text: String, within seconds: Double = 20) -> Bool {
        gather(until: now() + seconds) { output.contains(text) || errors.contains(text) }
        return output.contains(text) || errors.contains(text)
    }

    /// Gathers until both outputs are closed, then collects the exit code; ends the program when the time is up.
    func finish(within seconds: Double = 60) -> Outcome {
        let end = now() + seconds
        gather(until: end) { false }
        let ended = eventually(within: max(0, end - now())) { collect(WNOHANG) }
        if !ended { self.end() }
        return Outcome(command: command, code: ended ? code : nil, output: output, errors: errors)
    }

    private func end() {
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        _ = collect(0)
    }

    private func collect(_ options: Int32) -> Bool {
        guard code == nil else { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, options) == pid else { return false }
        let signal = status & 0x7f
        code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return true
    }

    /// Reads and writes until `done` says so, nothing is left to read, or the time is up.
    private func gather(until end: Double, done: () -> Bool) {
        while !done(), streams.contains(where: { $0 >= 0 }), now() < end {
            var polled = streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            polled.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0))
            if unsent.isEmpty { closeInput() }
            polled[2].fd = input
            guard poll(&polled, 3, 100) > 0 else { continue }
            if polled[2].revents != 0 { feed() }
            for index in 0..<2 where polled[index].revents != 0 { drain(index) }
        }
    }

    private func drain(_ index: Int) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(streams[index], &buffer, buffer.count)
        if count > 0 { return gathered[index].append(contentsOf: buffer[..<count]) }
        close(streams[index])
        streams[index] = -1
    }

    private func feed() {
        let count = unsent.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
        if count > 0 { unsent = unsent.dropFirst(count) }
        if count < 0, errno != EAGAIN { unsent = [] }
    }

    private func closeInput() {
        guard input >= 0 else { return }
        close(input)
        input = -1
    }
}
