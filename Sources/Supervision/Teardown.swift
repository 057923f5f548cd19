import Linux
public import SystemPackage

extension TeardownStep {
    /// When a monitor performs a step.
    public enum Moment: Hashable, Sendable {
        /// Before anybody hears of the container's end: what it undoes would be seen, or get in the way of the next one.
        case beforeEnd
        /// When everybody has heard of it, and nobody waits.
        case afterEnd
        /// Once nobody has come for it for a while: the next container would make it anew at once.
        case whenIdle
    }

    /// When a monitor performs the step.
    public var moment: Moment {
        switch self {
        case .deleteTable, .releasePort, .leave, .unmount, .detach, .removeFile, .conceal, .concealVolume: .beforeEnd
        case .removeTree, .removeCgroup: .afterEnd
        case .removeIdleNetwork: .whenIdle
        }
    }

    /// Whether it undoes a port that a container publishes.
    public var isOfPorts: Bool {
        switch self {
        case .deleteTable, .releasePort: true
        default: false
        }
    }

    /// Undoes what the step names. Nothing left to undo is a success.
    public func perform() throws {
        switch self {
        case .unmount(let path): try Removal.mount(FilePath(path))
        case .detach(let path): try HostMount.detach(FilePath(path))
        case .leave(let folder): try SharedResource(folder: FilePath(folder)).leave()
        case .removeFile(let path), .releasePort(let path): try Removal.file(FilePath(path))
        case .conceal(let path, let name): try WholeFile.move(FilePath(path), to: FilePath(name))
        case .concealVolume(let path, let name, let containers):
            guard try !VolumeUsers(containers: FilePath(containers)).name(FilePath(path)) else { return }
            try WholeFile.move(FilePath(path), to: FilePath(name))
        case .removeTree(let path): try Removal.tree(FilePath(path))
        case .removeCgroup(let path): try CgroupFolder(FilePath(path)).remove()
        case .removeIdleNetwork(let removal): _ = try removal.perform()
        case .deleteTable(let family, let name):
            guard let family = FilterTable.Family(name: family) else {
                throw SystemError("deleteTable", on: "\(family) \(name)", errno: .invalidArgument)
            }
            var socket = try NetlinkSocket(.netfilter)
            try socket.deleteTable(family, named: name)
        }
    }
}

/// Undoes what was made for a container: done by its monitor, or by the next command when the monitor was killed.
public enum Teardown {
    /// A step that could not be undone, and why.
    public struct Failure: Error, CustomStringConvertible {
        /// What was to be undone.
        public let step: TeardownStep
        /// Why it was not.
        public let reason: any Error

        /// Why, in words.
        public var description: String { "\(reason)" }
    }

    /// Performs the steps in their order; one that does not succeed keeps none of the others back.
    public static func perform(_ steps: [TeardownStep]) -> [Failure] {
        var failures: [Failure] = []
        for step in steps {
            do { try step.perform() } catch { failures.append(Failure(step: step, reason: error)) }
        }
        return failures
    }
}

extension RunFile {
    /// Removes a run folder when all has been undone. The order goes late, so that a removal that is cut short is either
    /// begun again by it or has nothing left to undo.
    public static func removeAll(in folder: FilePath) throws {
        for name in [socket, state, program, healthProgram, order] { try Removal.file(folder.appending(name)) }
        try Removal.tree(folder)
    }
}
