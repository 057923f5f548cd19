import JSON
import Linux
public import Supervision
public import SystemPackage

/// One container: its record, and what can be done with it.
public struct Container: Sendable {
    let store: ContainerStore
    /// The record, as it was when the container was looked up.
    public let configuration: ContainerConfiguration

    /// The identifier: 64 hexadecimal digits.
    public var id: String { configuration.id }
    /// The name.
    public var name: String { configuration.name }

    var folders: ContainerFolders { store.folders(id) }

    /// Where its log is.
    public var logPath: FilePath { FilePath(folders.log) }

    /// The layer that it writes to.
    public var upperFolder: FilePath { FilePath(folders.upper) }

    // MARK: Status

    /// The status, read off the files: no file stores it, so none can be wrong about it.
    public var status: ContainerStatus {
        get throws(ContainerError) {
            let lock = FilePath(folders.run).appending(RunFile.lock)
            let isSupervised = try systemCall { () throws(SystemError) in try FileLock.isHeld(lock) }
            if isSupervised, let state = record(ContainerState.self, at: "\(folders.run)/\(RunFile.state)") {
                switch state.status {
                case .running: return .running(state)
                case .paused: return .paused(state)
                case .restarting: return .restarting(state)
                case .exiting: break
                }
            }
            // A monitor that has a lock and no word yet is about to start, or about to go.
            if let exit = exitRecord { return .exited(exit) }
            if isSupervised { return .created }
            if Folder.hasEntry(FilePath(folders.run).appending(RunFile.order)) { return .lost }
            guard Folder.hasEntry(FilePath(folders.startMark)) else { return .created }
            return .exited(Self.stoppedByReboot)
        }
    }

    /// How it ended last, if it was started and has ended.
    public var exitRecord: ExitRecord? {
        record(ExitRecord.self, at: folders.exitRecord)
    }

    private static let stoppedByReboot = ExitRecord(exitCode: 255, startedAt: 0, finishedAt: 0)

    private func record<Record: Decodable>(_ type: Record.Type, at path: String) -> Record? {
        guard let bytes = try? WholeFile.read(FilePath(path)) else { return nil }
        return try? JSON.decode(type, from: bytes)
    }

    /// The order under which its monitor works, or worked until it died.
    public var order: SupervisionOrder? {
        record(SupervisionOrder.self, at: "\(folders.run)/\(RunFile.order)")
    }

    // MARK: What was lost

    /// Undoes what a monitor that died has left, and records the end. Nothing to undo is a success.
    public func recover() throws(ContainerError) {
        guard Folder.hasEntry(FilePath(folders.run)) else { return }
        // Whoever holds the lock is a monitor that lives, or another command that does what we would do.
        guard let held = try systemCall({ () throws(SystemError) in try takeRunLock() }) else { return }
        _ = consume held
        if let order { _ = Teardown.perform(order.teardown) }
        // A start that was cut short may have come to this before it had an order.
        try systemCall { () throws(SystemError) in try HostMount.detach(FilePath(folders.contents)) }
        if exitRecord == nil, Folder.hasEntry(FilePath(folders.startMark)) {
            try recordLoss()
        }
        try systemCall { () throws(SystemError) in try Removal.tree(FilePath(folders.run)) }
    }

    /// The monitor's lock; nil if somebody holds it, or has just taken the folder away.
    private func takeRunLock() throws(SystemError) -> FileLock? {
        do throws(SystemError) {
            return try FileLock.take(FilePath(folders.run).appending(RunFile.lock))
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    private func recordLoss() throws(ContainerError) {
        let state = record(ContainerState.self, at: "\(folders.run)/\(RunFile.state)")
        let exit = ExitRecord(
            exitCode: 255,
            startedAt: state?.startedAt ?? 0,
            finishedAt: WallClock.now,
            restartCount: state?.restartCount ?? 0,
            error: "the monitor of the container died"
        )
        guard let bytes = try? JSON.encode(exit) else { return }
        try systemCall { () throws(SystemError) in
            try WholeFile.replace(FilePath(folders.exitRecord), with: bytes, isDurable: true)
        }
        note("die", ["exitCode": "\(exit.exitCode)", "execDuration": "0"])
    }

    // MARK: Names and removal

    /// Gives the container another name.
    public func rename(to name: String) throws(ContainerError) -> Container {
        guard ContainerStore.isName(name) else { throw .invalidName(name) }
        guard name != self.name else { throw .sameName(name) }
        try store.claim(name, for: id)
        var configuration = configuration
        configuration.name = name
        do {
            try store.rewrite(configuration)
        } catch {
            try? store.release(name)
            throw error
        }
        let renamed = Container(store: store, configuration: configuration)
        let (old, new) = (store.root.containerNames.appending(self.name), store.root.containerNames.appending(name))
        try amendOrder { order in
            order.name = name
            order.journal?.attributes["name"] = name
            order.teardown = order.teardown.map { $0 == .removeFile(old.string) ? .removeFile(new.string) : $0 }
        }
        try store.release(self.name)
        renamed.note("rename", ["oldName": self.name])
        return renamed
    }

    /// Puts the container on other networks from its next start on.
    public func rewrite(network: NetworkConfiguration) throws(ContainerError) -> Container {
        var configuration = configuration
        configuration.network = network
        try store.rewrite(configuration)
        return Container(store: store, configuration: configuration)
    }

    /// Removes the container. Its volumes are the caller's affair.
    ///
    /// - Throws: ``ContainerError/running(_:)`` while a process of it exists.
    public func remove() throws(ContainerError) {
        guard try !status.isActive else { throw .running(name) }
        try recover()
        try store.discard(id, named: name)
        note("destroy")
    }
}
