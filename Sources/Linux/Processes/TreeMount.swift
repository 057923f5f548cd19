import CLinux
import Glibc
import Synchronization
import SystemPackage

/// A tree that is mounted to be looked into, where nobody else sees it. It goes with the value.
///
/// A thread of its own holds the mount namespace, so that neither the caller's namespace nor anybody else's changes, and so
/// that nothing is left however the process ends. `unshare(2)` with `CLONE_NEWNS`
public final class TreeMount: Sendable {
    /// The tree's root.
    public let root: OpenFolder
    /// The thread ends when this is closed.
    private let keeper: FileDescriptor

    /// Performs steps that only mount.
    public init(_ steps: [LaunchStep]) throws(LaunchError) {
        let program = LaunchProgram(steps: steps).encoded
        let outcome = Outcome()
        do throws(SystemError) {
            let (reading, writing) = try FileDescriptor.closeOnExecPipe()
            let (done, telling) = try FileDescriptor.closeOnExecPipe()
            defer { close(done.rawValue) }
            keeper = writing
            try Thread.start {
                outcome.set(Self.perform(program))
                close(telling.rawValue)
                var buffer: [UInt8] = [0]
                while let count = try? reading.readAvailable(into: &buffer), count > 0 {}
                close(reading.rawValue)
            }
            var buffer: [UInt8] = [0]
            _ = try done.readAvailable(into: &buffer)
        } catch {
            throw LaunchError(step: error.call, errno: error.errno)
        }
        let (root, failed, code) = outcome.value
        guard code == 0 else {
            close(keeper.rawValue)
            let step = steps.indices.contains(Int(failed)) ? steps[Int(failed)].description : "unshare"
            throw LaunchError(step: step, errno: Errno(rawValue: code))
        }
        self.root = OpenFolder(owning: root)
    }

    deinit { close(keeper.rawValue) }

    private static func perform(_ program: [UInt8]) -> (root: Int32, failed: Int32, code: Int32) {
        var (root, failed): (Int32, Int32) = (-1, -1)
        let code = program.withUnsafeBytes { tutti_look_in($0.baseAddress, $0.count, &root, &failed) }
        return (root, failed, code)
    }

    /// What came of the steps, on its way from one thread to the other.
    private final class Outcome: Sendable {
        private let state = Mutex<(root: Int32, failed: Int32, code: Int32)>((-1, -1, EIO))

        var value: (root: Int32, failed: Int32, code: Int32) { state.withLock { $0 } }

        func set(_ value: (root: Int32, failed: Int32, code: Int32)) { state.withLock { $0 = value } }
    }
}
