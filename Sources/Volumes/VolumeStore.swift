import JSON
import Journal
import Linux
public import Storage
import Supervision
import SystemPackage

/// All volumes of a root: each a folder of its name with the data and a record in it.
///
/// A volume appears whole, by a rename, and goes the same way, so that what is there can always be used.
public struct VolumeStore: Sendable {
    private let folder: FilePath
    /// Where it is kept which volumes' file systems are mounted.
    let mounted: FilePath
    private let journal: Journal

    /// The volumes below this root.
    public init(root: StateRoot) {
        folder = root.volumes
        mounted = root.run.appending("volumes")
        journal = Journal(root.events)
    }

    // MARK: Making

    /// Makes a volume, or finds the one that is there.
    ///
    /// - Throws: ``VolumeError/conflict(name:)`` if one of this name has another driver or other options.
    public func create(
        _ name: String,
        driver: String = "local",
        options: [String: String] = [:],
        labels: [String: String] = [:]
    ) throws(VolumeError) -> Volume {
        guard Self.isValid(name) else { throw .invalidName(name) }
        guard driver == "local" else { throw .unknownDriver(driver) }
        _ = try VolumeMount(options, of: name)
        let record = Volume.Record(
            name: name,
            driver: driver,
            options: options,
            labels: labels,
            createdAt: WallClock.now
        )
        if !Folder.exists(folder.appending(name)), try write(record) {
            journal.add(JournalEntry(.volume, "create", id: name, attributes: ["driver": driver]))
            return volume(record)
        }
        let found = try find(name)
        guard found.record.driver == driver, found.record.options == options else { throw .conflict(name: name) }
        return found
    }

    /// The volume of this name, made without options if there is none: what `-v name:/path` means.
    public func findOrCreate(_ name: String) throws(VolumeError) -> Volume {
        do throws(VolumeError) {
            return try find(name)
        } catch {
            guard error == .notFound(name) else { throw error }
            return try create(name)
        }
    }

    /// Makes a volume that nobody names.
    public func createAnonymous(
        driver: String = "local",
        options: [String: String] = [:],
        labels: [String: String] = [:]
    ) throws(VolumeError) -> Volume {
        let labels = labels.merging([Volume.anonymousLabel: ""]) { _, ours in ours }
        return try create(RandomName.hexadecimal(), driver: driver, options: options, labels: labels)
    }

    /// Writes a new volume beside the others and moves it in. False if one of this name has appeared meanwhile.
    private func write(_ record: Volume.Record) throws(VolumeError) -> Bool {
        let draft = folder.appending(".draft-\(RandomName.hexadecimal())")
        do {
            try Folder.makeAll(folder)
            try Folder.make(draft)
            let lock = try FileLock.take(draft.appending(Self.lockName))
            defer { withExtendedLifetime(lock) {} }
            try Folder.make(draft.appending("_data"), mode: 0o755)
            try WholeFile.replace(draft.appending(Self.recordName), with: JSON.encode(record), isDurable: true)
            guard try Folder.move(draft, to: folder.appending(record.name)) else {
                try Removal.tree(draft)
                return false
            }
            try Folder.synchronize(folder)
            return true
        } catch {
            try? Removal.tree(draft)
            throw Self.error(error, draft)
        }
    }

    // MARK: Finding

    /// The volume of this name.
    public func find(_ name: String) throws(VolumeError) -> Volume {
        guard Self.isValid(name) else { throw .notFound(name) }
        let path = folder.appending(name).appending(Self.recordName)
        do {
            let record = try JSON.decode(Volume.Record.self, from: WholeFile.read(path))
            guard record.name == name else { throw VolumeError.damaged(path: path.string, reason: "of another volume") }
            return volume(record)
        } catch let error as SystemError where error.errno == .noSuchFileOrDirectory {
            throw .notFound(name)
        } catch {
            throw Self.error(error, path)
        }
    }

    /// All volumes, by name. Those whose record cannot be read are left out.
    public func all() throws(VolumeError) -> [Volume] {
        let names: [String]
        do throws(SystemError) { names = try Folder.names(in: folder) } catch { throw .system(error) }
        return names.filter(Self.isValid).sorted().compactMap { try? find($0) }
    }

    // MARK: Removing

    /// Removes a volume with its data.
    ///
    /// - Parameter users: the containers that refer to it, which keep it.
    public func remove(_ name: String, users: [String] = []) throws(VolumeError) {
        let volume = try find(name)
        guard users.isEmpty else { throw .inUse(name: name, containers: users) }
        do {
            // What a killed container has left mounted is somebody else's data.
            guard try resource(of: name).leave() else { throw VolumeError.inUse(name: name, containers: []) }
            if !volume.record.options.isEmpty { try HostMount.detach(volume.mountpoint) }
        } catch {
            throw Self.error(error, volume.folder)
        }
        let doomed = folder.appending("\(StateRoot.doomedPrefix)\(RandomName.hexadecimal())")
        do {
            guard try Folder.move(volume.folder, to: doomed) else { return }
            journal.add(JournalEntry(.volume, "destroy", id: name, attributes: ["driver": volume.record.driver]))
            try Removal.tree(doomed)
            try Folder.synchronize(folder)
        } catch {
            throw Self.error(error, volume.folder)
        }
    }

    /// Removes what killed commands have left: drafts that nobody is at, and volumes on their way out.
    public func sweep() throws(VolumeError) {
        do {
            for name in try Folder.names(in: folder) {
                let path = folder.appending(name)
                if name.hasPrefix(StateRoot.doomedPrefix) { try Removal.tree(path) }
                guard name.hasPrefix(".draft-"), let lock = try FileLock.take(path.appending(Self.lockName)) else {
                    continue
                }
                try Removal.tree(path)
                _ = consume lock
            }
            try SharedResource.sweep(mounted)
        } catch {
            throw .system(error)
        }
    }

    // MARK: Names

    private static let recordName = "record.json"
    /// Held by whoever makes or fills the volume.
    static let lockName = "lock"

    private func volume(_ record: Volume.Record) -> Volume {
        Volume(record: record, folder: folder.appending(record.name))
    }

    /// Whether a name is one that a volume can have: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 255 bytes.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 255 else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    static func error(_ error: any Error, _ path: FilePath) -> VolumeError {
        switch error {
        case let error as VolumeError: error
        case let error as SystemError: .system(error)
        default: .damaged(path: path.string, reason: "\(error)")
        }
    }
}
