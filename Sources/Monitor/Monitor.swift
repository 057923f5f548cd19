import Glibc
import JSON
import Linux
import Supervision
import SystemPackage

/// The program `tutti-monitor`.
public enum MonitorProgram {
    /// Does what the arguments say; gives the status to exit with.
    ///
    /// - `supervise FOLDER`: looks after the container whose order is in the run folder.
    /// - `launch [bound|apart]`: runs one process of a container, with the caller's own standard descriptors, tied to the
    ///   caller as a ``LaunchTie`` says.
    public static func run(_ arguments: [String]) -> Int32 {
        switch arguments.dropFirst().first {
        case "supervise" where arguments.count == 3: supervise(FilePath(arguments[2]))
        case "launch" where arguments.count == 2: LaunchedCommand.run()
        case "launch" where arguments.count == 3: LaunchTie(rawValue: arguments[2]).map(launch) ?? 2
        default: 2
        }
    }

    private static func launch(_ tie: LaunchTie) -> Int32 {
        switch tie {
        case .bound: OwnProcess.endWithParent()
        case .apart: OwnProcess.leaveTerminal()
        }
        return LaunchedCommand.run()
    }

    private static func supervise(_ folder: FilePath) -> Int32 {
        OwnProcess.enterBackground()
        OwnProcess.setName("tutti-monitor")
        guard let kept = try? OwnProcess.keep([Descriptor.report, Descriptor.attachment]) else { return 1 }
        do {
            let supervisor = try supervisor(in: folder, report: kept[0], attachment: kept[1])
            try supervisor.run()
            return 0
        } catch {
            report(StartFailure(error), to: kept[0])
            return 1
        }
    }

    private static func supervisor(
        in folder: FilePath,
        report: FileDescriptor?,
        attachment: FileDescriptor?
    ) throws -> Supervisor {
        guard let lock = try FileLock.take(folder.appending(RunFile.lock)) else {
            throw StartFailure("the container is running already")
        }
        let bytes = try WholeFile.read(folder.appending(RunFile.order))
        let order = try JSON.decode(SupervisionOrder.self, from: bytes)
        let loop = try EventLoop()
        let supervisor = try Supervisor(order, in: folder, lock: lock, loop: loop)
        supervisor.report = report
        supervisor.attachment = attachment
        if !order.startsAttached { try? attachment?.close() }
        if Supervisor.ordinaryScore > Supervisor.protectedScore {
            _ = OwnProcess.setOutOfMemoryScore(Supervisor.protectedScore)
        }
        try loop.watch(signals: [SIGTERM]) { [unowned supervisor] _ in try? supervisor.suspend() }
        return supervisor
    }

    private static func report(_ failure: StartFailure, to descriptor: FileDescriptor?) {
        guard let descriptor else { return }
        let outcome = StartReport.failed(message: failure.message, code: failure.code)
        if let bytes = try? JSON.encode(outcome) { _ = try? descriptor.writeAvailable(bytes) }
    }
}
