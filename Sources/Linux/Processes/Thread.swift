import Glibc
import SystemPackage

/// A thread of the kernel's, for work that blocks.
///
/// Swift's own pool has a thread a core; two waits would stop everything on a small machine.
public enum Thread {
    /// Starts a thread that runs `body` and ends with it. Nobody joins it.
    ///
    /// The corresponding C function is `pthread_create`.
    ///
    /// - Throws: `EAGAIN` when there may be no more threads.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 2 << 20)
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            work.toOpaque()
        )
        guard code != 0 else { return }
        work.release()
        throw SystemError("pthread_create", errno: Errno(rawValue: code))
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
