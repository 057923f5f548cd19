import JSON
public import Linux
public import SystemPackage

/// Something of the host that containers use together and that goes with the last of them, such as a volume's file system
/// or a network namespace.
///
/// It is a folder. Each user holds a file in it for as long as it lives, and the kernel lets go of it for those that are
/// killed, so that nobody has to count. Another file says what undoes the resource.
public struct SharedResource: Hashable, Sendable {
    /// Where its files are. It means nothing after a reboot.
    public let folder: FilePath

    /// The resource of a folder, which need not exist yet.
    public init(folder: FilePath) {
        self.folder = folder
    }

    /// What the names of folders begin with that nobody uses any more.
    private static let gone = ".gone-"

    private var users: FilePath { folder.appending("users") }
    private var making: FilePath { folder.appending("making") }
    private var teardown: FilePath { folder.appending("teardown.json") }
    private var made: FilePath { folder.appending("made") }

    /// Begins a use, which keeps the resource from being undone.
    public func join() throws(SystemError) -> SharedUse {
        while true {
            do throws(SystemError) {
                try Folder.makeAll(folder, mode: 0o711)
                return SharedUse(self, try FileLock.share(users))
            } catch {
                // The last user has just left, and taken the folder away.
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
        }
    }

    /// Whether it is there, made completely.
    public var isMade: Bool { Folder.hasEntry(made) }

    /// Makes the resource unless it is there, one caller at a time; what an earlier caller left half done is undone first.
    ///
    /// To be called by a user of it.
    /// - Parameter steps: what undoes it, whether or not `body` got to its end.
    public func make(undoneBy steps: [TeardownStep], _ body: () throws -> Void) throws {
        let lock = try FileLock.await(making)
        defer { withExtendedLifetime(lock) {} }
        guard !isMade else { return }
        try undo()
        try setTeardown(steps)
        try body()
        try WholeFile.replace(made, with: [], isDurable: false)
    }

    /// Says what undoes the resource from now on.
    public func setTeardown(_ steps: [TeardownStep]) throws {
        try WholeFile.replace(teardown, with: JSON.encode(steps), isDurable: false)
    }

    /// Undoes the resource if nobody uses it any more.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    public func leave() throws -> Bool {
        guard Folder.hasEntry(folder) else { return true }
        do {
            guard let lock = try FileLock.take(users) else { return false }
            // Somebody else may have undone it meanwhile, and a third one made it anew.
            guard try lock.isOf(users) else { return false }
            try undo()
            // Whoever comes now makes it anew, in a folder of its own.
            let parent = folder.removingLastComponent()
            let doomed = parent.appending("\(Self.gone)\(UInt64.random(in: 0 ... .max))")
            try NameLink.rename(folder, to: doomed)
            try Removal.tree(doomed)
            _ = consume lock
        } catch let error as SystemError where error.errno == .noSuchFileOrDirectory {
            return true
        }
        return true
    }

    /// Removes what is left of resources whose last user was killed when all but their files had been undone.
    public static func sweep(_ parent: FilePath) throws(SystemError) {
        for name in try Folder.names(in: parent) where name.hasPrefix(gone) {
            try Removal.tree(parent.appending(name))
        }
    }

    private func undo() throws {
        guard Folder.hasEntry(teardown) else { return }
        let steps = try JSON.decode([TeardownStep].self, from: WholeFile.read(teardown))
        if let failure = Teardown.perform(steps).first { throw failure.reason }
    }
}

/// One user's hold on a shared resource. It ends with the value, or with the process.
public final class SharedUse: Sendable {
    /// What is used.
    public let resource: SharedResource
    private let lock: FileLock

    init(_ resource: SharedResource, _ lock: consuming FileLock) {
        self.resource = resource
        self.lock = lock
    }
}
