import CNetwork
import Glibc
public import SystemPackage

/// A network namespace that lasts without a process, because it is mounted on a file.
public enum NetworkNamespace {
    /// Makes a namespace, mounts it on a file made for it, and runs `body` inside, on a thread of its own.
    ///
    /// The body gets a descriptor of the namespace that is open while it runs. When it throws, the namespace is gone
    /// again. The corresponding C functions are `unshare` with `CLONE_NEWNET`, and `mount` with `MS_BIND`.
    ///
    /// - Parameter isClaimed: Whether the file is there already, made by the caller to claim the name.
    public static func create<Result>(
        at path: FilePath,
        isClaimed: Bool = false,
        _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        try onThread {
            let place = open(path.string, O_RDONLY | O_CLOEXEC | (isClaimed ? 0 : O_CREAT | O_EXCL), 0o600)
            guard place >= 0 else { throw SystemError("open", on: path.string, errno: Errno(rawValue: errno)) }
            close(place)
            do {
                try check("unshare", on: nil, tutti_new_network())
                let mounted = mount(own, path.string, nil, UInt(MS_BIND), nil)
                try check("mount", on: path.string, mounted == 0 ? 0 : -errno)
                return try withDescriptor(own, body)
            } catch {
                umount2(path.string, detach)
                unlink(path.string)
                throw error
            }
        }
    }

    /// Runs `body` inside the namespace mounted on a file, on a thread of its own.
    ///
    /// Sockets and files of `/proc/sys/net` that are opened there belong to the namespace for good. The corresponding
    /// C function is `setns`.
    public static func enter<Result>(
        _ path: FilePath,
        _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        try onThread {
            try withDescriptor(path.string) { descriptor in
                try check("setns", on: path.string, tutti_join_network(descriptor.rawValue))
                return try body(descriptor)
            }
        }
    }

    /// Takes the mount and its file away; the namespace goes when the last process in it has gone. Not an error if
    /// there is none.
    public static func remove(at path: FilePath) throws(SystemError) {
        while umount2(path.string, detach | noFollow) == 0 {}
        let code = errno
        guard code == EINVAL || code == ENOENT else {
            throw SystemError("umount2", on: path.string, errno: Errno(rawValue: code))
        }
        try ClaimFile.remove(at: path)
    }

    /// The calling thread's namespace.
    private static let own = "/proc/thread-self/ns/net"
    /// `MNT_DETACH` and `UMOUNT_NOFOLLOW`, macros that the importer leaves out.
    private static let detach: Int32 = 2
    private static let noFollow: Int32 = 8

    private static func check(_ call: String, on subject: String?, _ result: Int32) throws(SystemError) {
        guard result == 0 else { throw SystemError(call, on: subject, errno: Errno(rawValue: -result)) }
    }

    private static func withDescriptor<Result>(
        _ path: String,
        _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path, errno: Errno(rawValue: errno)) }
        defer { close(descriptor) }
        return try body(FileDescriptor(rawValue: descriptor))
    }

    /// Runs `body` on a thread that ends with it, so that what it changed about its thread ends too.
    private static func onThread<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
        try withoutActuallyEscaping(body) { body in
            let errand = Errand(body)
            var thread = pthread_t()
            let code = pthread_create(
                &thread,
                nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<AnyErrand>.fromOpaque(context).takeUnretainedValue().run()
                    return nil
                },
                Unmanaged<AnyErrand>.passUnretained(errand).toOpaque()
            )
            guard code == 0 else { throw SystemError("pthread_create", errno: Errno(rawValue: code)) }
            pthread_join(thread, nil)
            guard let outcome = errand.outcome else { throw SystemError("pthread_create", errno: .canceled) }
            return try outcome.get()
        }
    }
}

/// Something for another thread to do.
private class AnyErrand {
    func run() {}
}

private final class Errand<Outcome>: AnyErrand {
    private let body: () throws -> Outcome
    private(set) var outcome: Result<Outcome, any Error>?

    init(_ body: @escaping () throws -> Outcome) {
        self.body = body
    }

    override func run() {
        outcome = Result(catching: body)
    }
}
