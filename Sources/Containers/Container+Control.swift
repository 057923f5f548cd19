import JSON
import Linux
import Supervision
import SystemPackage

extension Container {
    /// Asks the container to stop, and waits until nothing of it is left: the process, its network, its mounts.
    ///
    /// - Parameters:
    ///   - signal: A name or number; the container's own stop signal if nil.
    ///   - timeout: Seconds before it is killed, negative for ever; the container's own if nil.
    /// - Returns: The exit status; nil if it was not running.
    @discardableResult
    public func stop(signal: String? = nil, timeout: Int? = nil) throws(ContainerError) -> Int32? {
        let number = try signalNumber(signal ?? configuration.stopSignal)
        let grace = Int32(clamping: timeout ?? configuration.stopTimeout)
        return try untilGone(.stop(signal: number, grace: grace))
    }

    /// Kills the container and waits until nothing of it is left. The end counts as a stop by hand.
    @discardableResult
    public func killAndWait() throws(ContainerError) -> Int32? {
        try untilGone(.end)
    }

    /// Stops the container as ``stop(signal:timeout:)`` does, but it is to run again when what ran is started.
    ///
    /// - Returns: The exit status; nil if it was not running.
    @discardableResult
    public func suspend() throws(ContainerError) -> Int32? { try untilGone(.suspend) }

    /// Sends a signal to the container's first process.
    public func kill(signal: String = "SIGKILL") throws(ContainerError) {
        let number = try signalNumber(signal)
        guard let socket = try connect() else { throw .notRunning(name) }
        defer { socket.close() }
        try request(.signal(number), on: socket)
    }

    /// Freezes the container's processes.
    public func pause() throws(ContainerError) {
        if case .paused = try status { throw .alreadyPaused(name) }
        guard let socket = try connect() else { throw .notRunning(name) }
        defer { socket.close() }
        try request(.pause, on: socket)
    }

    /// Lets them go on.
    public func unpause() throws(ContainerError) {
        guard case .paused = try status else { throw .notPaused(name) }
        guard let socket = try connect() else { throw .notRunning(name) }
        defer { socket.close() }
        try request(.resume, on: socket)
    }

    /// Waits until the container has ended for good.
    ///
    /// - Returns: The exit status; that of the last end if it does not run.
    public func wait() throws(ContainerError) -> Int32 {
        if let code = try untilGone(.wait) { return code }
        guard case .exited(let record) = try status else { throw .notRunning(name) }
        return record.exitCode
    }

    /// Connects to the container's streams, from now on.
    public func attach() throws(ContainerError) -> Attachment {
        guard let socket = try connect() else { throw .notRunning(name) }
        do throws(ContainerError) {
            try request(.attach, on: socket)
        } catch {
            socket.close()
            throw error
        }
        note("attach")
        return Attachment(socket: socket, name: name)
    }

    /// Has the monitor take over what was changed in the order; nothing to do for a container that does not run.
    func amendOrder(_ change: (inout SupervisionOrder) -> Void) throws(ContainerError) {
        guard var order, let socket = try connect() else { return }
        defer { socket.close() }
        change(&order)
        guard let bytes = try? JSON.encode(order) else {
            throw .damaged(path: folders.run, reason: "the order cannot be written as JSON")
        }
        try systemCall { () throws(SystemError) in
            try WholeFile.replace(FilePath(folders.run).appending(RunFile.order), with: bytes, isDurable: false)
        }
        try request(.orderChanged, on: socket)
    }

    // MARK: The control socket

    /// A connection to the monitor; nil if there is none that answers.
    private func connect() throws(ContainerError) -> PacketSocket? {
        do throws(SystemError) {
            return try PacketSocket.connect(to: RunFile.socket, in: FilePath(folders.run))
        } catch {
            guard [.noSuchFileOrDirectory, .connectionRefused, .notDirectory].contains(error.errno) else {
                throw .system(error)
            }
            return nil
        }
    }

    private func request(_ message: ControlMessage, on socket: PacketSocket) throws(ContainerError) {
        guard try isAccepted(message, on: socket) else { throw .notRunning(name) }
    }

    /// Sends a request; false if the monitor ended before it answered.
    private func isAccepted(_ message: ControlMessage, on socket: PacketSocket) throws(ContainerError) -> Bool {
        let answer: ControlMessage?
        do throws(ContainerError) {
            _ = try systemCall { () throws(SystemError) in try socket.send(message.packet) }
            answer = try reply(on: socket)
        } catch {
            guard case .system(let failure) = error, [.brokenPipe, .connectionReset].contains(failure.errno) else {
                throw error
            }
            return false
        }
        if case .refused(let reason) = answer { throw .refused(name: name, reason: reason) }
        return answer == .accepted
    }

    private func reply(on socket: PacketSocket) throws(ContainerError) -> ControlMessage? {
        guard case .packet(let bytes) = try systemCall({ () throws(SystemError) in try socket.receive() }) else {
            return nil
        }
        return ControlMessage(packet: bytes)
    }

    /// Sends a request, then waits for the end of the container and of its monitor.
    private func untilGone(_ message: ControlMessage) throws(ContainerError) -> Int32? {
        guard let socket = try connect() else { return nil }
        defer { socket.close() }
        var code: Int32?
        let isHeard = try isAccepted(message, on: socket)
        while isHeard, let message = try reply(on: socket) {
            guard case .exited(let status) = message else { continue }
            code = status
            break
        }
        try awaitMonitor()
        return code ?? exitRecord?.exitCode
    }

    /// The monitor's lock is free when the last trace of the container has gone.
    private func awaitMonitor() throws(ContainerError) {
        let lock = FilePath(folders.run).appending(RunFile.lock)
        guard Folder.hasEntry(lock) else { return }
        do throws(SystemError) {
            _ = try FileLock.await(lock)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw .system(error) }
        }
        try recover()
    }

    private func signalNumber(_ text: String) throws(ContainerError) -> Int32 {
        guard let number = Signal.number(text) else {
            throw .unsupported(name: name, what: "invalid signal: \(text)")
        }
        return number
    }
}
