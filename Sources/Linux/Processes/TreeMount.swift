import CLinux
import Glibc
import SystemPackage

/// Mounts a tree to look into it, where nobody else sees it.
public enum TreeMount {
    /// Performs steps that only mount, in a mount namespace that the calling thread enters for good: however the thread ends,
    /// what was mounted goes with it.
    ///
    /// The corresponding C function is `unshare` with `CLONE_NEWNS`.
    /// - Returns: the root of the tree that the steps made.
    public static func enter(_ steps: [LaunchStep]) throws(LaunchError) -> OpenFolder {
        let program = LaunchProgram(steps: steps).encoded
        var (root, failed): (Int32, Int32) = (-1, -1)
        let result = program.withUnsafeBytes { bytes in
            tutti_look_in(bytes.baseAddress, bytes.count, &root, &failed)
        }
        guard result == 0 else {
            let step = steps.indices.contains(Int(failed)) ? steps[Int(failed)].description : "unshare"
            throw LaunchError(step: step, errno: Errno(rawValue: result))
        }
        return OpenFolder(owning: root)
    }
}
