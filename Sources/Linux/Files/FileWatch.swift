import Glibc
public import SystemPackage

/// Waits for changes of files and folders. inotify(7)
///
/// Changes between two waits are not lost: the next wait returns at once.
public struct FileWatch: ~Copyable, Sendable {
    private let inotify: OwnedDescriptor

    /// A watch on nothing yet.
    public init() throws(SystemError) {
        let result = try SystemError.attempt("inotify_init1") {
            inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK))
        }
        inotify = OwnedDescriptor(FileDescriptor(rawValue: result))
    }

    /// Watches a file, or what happens in a folder: contents, names, attributes.
    public borrowing func add(_ path: FilePath) throws(SystemError) {
        let events = UInt32(IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM)
        let ends = UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_CLOSE_WRITE)
        let file = inotify.descriptor.rawValue
        _ = try SystemError.attempt("inotify_add_watch", on: path.string) {
            inotify_add_watch(file, path.string, events | ends)
        }
    }

    /// The descriptor, readable when there are changes, for an event loop.
    public var descriptor: FileDescriptor { inotify.descriptor }

    /// Waits for a change; false when there was none for so many milliseconds. Negative waits for ever.
    public borrowing func wait(milliseconds: Int = -1) throws(SystemError) -> Bool {
        var poll = pollfd(fd: inotify.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        let ready = Glibc.poll(&poll, 1, Int32(clamping: milliseconds))
        let failure = Errno(rawValue: errno)
        if ready < 0, failure != .interrupted { throw SystemError("poll", errno: failure) }
        guard ready > 0 else { return ready < 0 }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try inotify.descriptor.readAvailable(into: &buffer), count > 0 {}
        return true
    }
}
