import Linux
import Supervision
import SystemPackage

/// What is asked on the control socket.
extension Supervisor {
    /// Makes the socket, and takes connections from the same user and from root.
    func listen() throws -> PacketSocket {
        let listener = try PacketSocket.listen(at: RunFile.socket, in: folder)
        try listener.descriptor.setNonBlocking()
        try loop.watch(listener.descriptor, for: .readable) { [unowned self] _ in _ = acceptNext(on: listener) }
        return listener
    }

    /// Takes the next connection; false if there is none.
    private func acceptNext(on listener: PacketSocket) -> Bool {
        guard let socket = try? listener.accept() else { return false }
        if let user = try? socket.peerUser(), user == 0 || user == OwnProcess.user {
            _ = try? accept(socket, isOwner: false)
        } else {
            socket.close()
        }
        return true
    }

    /// Takes the connections that came while the end was prepared, and lets no more come. Whoever asks for the end is
    /// told of it.
    func closeListener() {
        guard let listener else { return }
        self.listener = nil
        try? Removal.file(folder.appending(RunFile.socket))
        while acceptNext(on: listener) {}
        loop.forget(listener.descriptor)
        listener.close()
    }

    @discardableResult
    func accept(_ socket: PacketSocket, isOwner: Bool) throws -> ControlClient {
        let client = try ControlClient(socket, isOwner: isOwner, loop: loop)
        client.received = { [unowned self, unowned client] message in handle(message, from: client) }
        client.changed = { [unowned self] in clientsChanged() }
        clients.append(client)
        return client
    }

    private func clientsChanged() {
        clients.removeAll { !$0.isOpen }
        output.regulate()
        if phase == .ending, clients.allSatisfy(\.isServed) { loop.stop() }
    }

    private func handle(_ message: ControlMessage, from client: ControlClient) {
        perform(message, for: client)
        guard phase == .ending else { return }
        client.tellEnd(code: state.exitCode)
        clientsChanged()
    }

    private func perform(_ message: ControlMessage, for client: ControlClient) {
        switch message {
        case .signal(let number): answer(client) { () throws(SystemError) in try send(number) }
        case .stop(let signal, let grace):
            answer(client) { () throws(SystemError) in
                client.awaitsEnd = true
                isStopRequested = true
                try stop(signal: signal, grace: grace)
            }
        case .end:
            answer(client) { () throws(SystemError) in
                client.awaitsEnd = true
                try stop(signal: Self.kill, grace: 0)
            }
        case .suspend:
            answer(client) { () throws(SystemError) in
                client.awaitsEnd = true
                try suspend()
            }
        case .orderChanged:
            do { try readOrder() } catch { return client.send(.refused("\(error)")) }
            client.send(.accepted)
        case .pause: answer(client) { () throws(SystemError) in try setPaused(true) }
        case .resume: answer(client) { () throws(SystemError) in try setPaused(false) }
        case .attach:
            output.attach(client)
            client.send(.accepted)
        case .wait:
            client.awaitsEnd = true
            client.send(.accepted)
        case .input, .endOfInput, .resize: feed(message, from: client)
        case .accepted, .refused, .output, .errorOutput, .exited: client.send(.refused("not a request"))
        }
    }

    private func feed(_ message: ControlMessage, from client: ControlClient) {
        switch message {
        case .input(let bytes) where order.keepsStandardInputOpen || order.hasTerminal:
            input?.append(bytes)
            client.isHeldBack = input?.isFull ?? false
        case .endOfInput: input?.end()
        case .resize(let rows, let columns):
            guard let terminal else { return }
            try? Terminal.setSize(WindowSize(rows: rows, columns: columns), of: terminal)
            note("resize", ["height": "\(rows)", "width": "\(columns)"])
        default: return
        }
    }

    private func answer(_ client: ControlClient, _ action: () throws(SystemError) -> Void) {
        do throws(SystemError) {
            try action()
            client.send(.accepted)
        } catch {
            client.send(.refused("\(error)"))
        }
    }

    /// Sends a signal to the process. The stop signal counts as a stop by hand.
    private func send(_ signal: Int32) throws(SystemError) {
        guard let process else { throw SystemError("kill", on: order.name, errno: .noSuchProcess) }
        if signal == order.stop.signal || signal == Self.kill {
            restarting.isStopped = true
            isStoppedByHand = true
        }
        try ChildProcess.send(signal, to: FileDescriptor(rawValue: process.pidDescriptor))
        note("kill", ["signal": "\(signal)"])
        if signal == Self.kill, state.status == .paused { try setPaused(false) }
    }

    /// Asks the process to end, and makes it end when the time of grace is over. A wait for a restart ends at once.
    func stop(signal: Int32, grace: Int32, isByHand: Bool = true) throws(SystemError) {
        restarting.isStopped = true
        isStoppedByHand = isStoppedByHand || isByHand
        if phase == .waiting {
            if let restartDeadline { loop.cancel(restartDeadline) }
            restartDeadline = nil
            return finishSoon()
        }
        guard let process, phase == .running else { return }
        let descriptor = FileDescriptor(rawValue: process.pidDescriptor)
        try ChildProcess.send(signal, to: descriptor)
        note("kill", ["signal": "\(signal)"])
        if state.status == .paused { try setPaused(false) }
        guard grace >= 0, signal != Self.kill else { return }
        if let killDeadline { loop.cancel(killDeadline) }
        killDeadline = loop.schedule(after: .seconds(Int64(grace))) { [unowned self] in
            guard self.process != nil else { return }
            try? ChildProcess.send(Self.kill, to: descriptor)
            note("kill", ["signal": "\(Self.kill)"])
        }
    }

    /// Asks the process to end as it wants to be asked, although nobody wants it to stay so.
    func suspend() throws(SystemError) {
        try stop(signal: order.stop.signal, grace: Int32(clamping: order.stop.grace), isByHand: false)
    }

    /// Ends it when the present message has been answered.
    private func finishSoon() {
        phase = .draining(.exited(state.exitCode))
        loop.schedule(after: .zero) { [unowned self] in finish(error: nil) }
    }

    private func setPaused(_ isPaused: Bool) throws(SystemError) {
        guard phase == .running else { throw SystemError("pause", on: order.name, errno: .noSuchProcess) }
        guard let group = order.cgroups.map({ CgroupFolder(FilePath($0)) }).first(where: \.canFreeze) else {
            throw SystemError("pause", on: order.name, errno: .notSupported)
        }
        try group.setFrozen(isPaused)
        state.status = isPaused ? .paused : .running
        if isPaused { stopProbing() } else { resumeProbing() }
        try? saveState()
        note(isPaused ? "pause" : "unpause")
    }

    private static let kill: Int32 = 9
}
