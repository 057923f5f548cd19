import JSON
import Linux
import Storage
import Supervision
import SystemPackage

extension ContainerStore {
    /// Writes the record of a new container and claims its name.
    ///
    /// The container appears whole, by a rename. Until then it is a draft, locked by whoever is at it.
    ///
    /// - Throws: ``ContainerError/nameTaken(name:holder:)`` and those of the file system; nothing is left behind then.
    public func create(_ configuration: ContainerConfiguration) throws(ContainerError) -> Container {
        guard Self.isName(configuration.name) else { throw .invalidName(configuration.name) }
        do throws(InvalidSetting) { try configuration.check() } catch { throw .invalid(error) }
        _ = try configuration.logOrder(path: "")
        let draft = try makeDraft(configuration.id)
        do {
            try write(configuration, in: draft.folders)
            try claim(configuration.name, for: configuration.id)
            try systemCall { () throws(SystemError) in
                try NameLink.rename(
                    FilePath(draft.folders.container),
                    to: root.container(configuration.id)
                )
            }
        } catch {
            if holder(of: configuration.name) == configuration.id { try? release(configuration.name) }
            try? Removal.tree(FilePath(draft.folders.container))
            throw error
        }
        _ = consume draft
        let container = Container(store: self, configuration: configuration)
        container.note("create")
        return container
    }

    /// Moves a container's folder out of sight and removes it, then gives up its name.
    func discard(_ id: String, named name: String) throws(ContainerError) {
        let doomed = StateRoot.concealed(root.container(id))
        try systemCall { () throws(SystemError) in try NameLink.rename(root.container(id), to: doomed) }
        if holder(of: name) == id { try release(name) }
        try systemCall { () throws(SystemError) in try Removal.tree(doomed) }
    }

    /// Removes what killed commands have left: drafts that nobody is at, containers on their way out, names of none.
    public func sweep() throws(ContainerError) {
        for name in try systemCall({ () throws(SystemError) in try Folder.names(in: root.containers) }) {
            let path = root.containers.appending(name)
            if name.hasPrefix(StateRoot.doomedPrefix) {
                try systemCall { () throws(SystemError) in try Removal.tree(path) }
            }
            if name.hasPrefix(".draft-") { try sweepDraft(path) }
        }
        try sweepRuns()
        for name in try systemCall({ () throws(SystemError) in try Folder.names(in: root.containerNames) }) {
            guard let holder = holder(of: name), try !isThere(holder) else { continue }
            try takeAway(name, from: holder)
        }
    }

    /// Finishes what monitors that were killed have not undone of containers that removed themselves.
    private func sweepRuns() throws(ContainerError) {
        for id in try systemCall({ () throws(SystemError) in try Folder.names(in: root.runningContainers) }) {
            guard !Folder.hasEntry(root.container(id)) else { continue }
            do throws(SystemError) {
                try sweepRun(root.runningContainer(id))
            } catch {
                // Its monitor has just finished.
                guard error.errno == .noSuchFileOrDirectory else { throw .system(error) }
            }
        }
    }

    private func sweepRun(_ folder: FilePath) throws(SystemError) {
        guard let lock = try FileLock.take(folder.appending(RunFile.lock)) else { return }
        if let bytes = try? WholeFile.read(folder.appending(RunFile.order)),
            let order = try? JSON.decode(SupervisionOrder.self, from: bytes)
        {
            _ = Teardown.perform(order.teardown)
        }
        try Removal.tree(folder)
        _ = consume lock
    }

    private func sweepDraft(_ path: FilePath) throws(ContainerError) {
        try systemCall { () throws(SystemError) in
            guard let lock = try FileLock.take(folder: path) else { return }
            try Removal.tree(path)
            _ = consume lock
        }
    }

    // MARK: Drafts

    private struct Draft: ~Copyable {
        let folders: ContainerFolders
        let lock: FileLock
    }

    private func draftName(_ id: String) -> String { ".draft-\(id)" }

    /// A folder of the new container's own, locked. A sweep may come between the folder and its lock: then once more.
    private func makeDraft(_ id: String) throws(ContainerError) -> Draft {
        let folders = folders(draftName(id))
        let path = FilePath(folders.container)
        try systemCall { () throws(SystemError) in try Folder.makeAll(root.containerNames, mode: 0o711) }
        for _ in 0..<3 {
            try systemCall { () throws(SystemError) in try Folder.make(path, mode: 0o710) }
            do throws(SystemError) {
                if let lock = try FileLock.take(folder: path) {
                    return Draft(folders: folders, lock: lock)
                }
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw .system(error) }
            }
        }
        throw .system(SystemError("flock", on: path.string, errno: .resourceTemporarilyUnavailable))
    }

    private func write(_ configuration: ContainerConfiguration, in folders: ContainerFolders) throws(ContainerError) {
        let bytes = try encoded(configuration, at: folders.record)
        try systemCall { () throws(SystemError) in
            try Folder.make(FilePath(folders.upper), mode: 0o755)
            try Folder.make(FilePath(folders.work))
            // By this programs know that they are in a container.
            let mark = FilePath(folders.upper).appending(".dockerenv")
            try WholeFile.replace(mark, with: [], isDurable: false, mode: 0o755)
            try WholeFile.replace(FilePath(folders.record), with: bytes, isDurable: false)
        }
    }

    // MARK: Names

    /// Claims a name. A claim whose container is no more is taken over.
    func claim(_ name: String, for id: String) throws(ContainerError) {
        let path = root.containerNames.appending(name)
        for _ in 0..<3 {
            let isNew = try systemCall { () throws(SystemError) in try NameLink.claim(path, for: "../\(id)") }
            guard !isNew, let holder = holder(of: name), holder != id else { return }
            guard try !isThere(holder) else { throw .nameTaken(name: name, holder: holder) }
            try takeAway(name, from: holder)
        }
        throw .nameTaken(name: name, holder: holder(of: name) ?? "")
    }

    func release(_ name: String) throws(ContainerError) {
        try systemCall { () throws(SystemError) in try Removal.file(root.containerNames.appending(name)) }
    }

    /// Whether there is such a container, or somebody is about to make it.
    private func isThere(_ id: String) throws(ContainerError) -> Bool {
        if Folder.hasEntry(root.container(id)) { return true }
        let lock = FilePath(folders(draftName(id)).container)
        let isBeingMade = try systemCall { () throws(SystemError) in try FileLock.isHeld(lock) }
        // It may have been finished between the two looks.
        return isBeingMade || Folder.hasEntry(root.container(id))
    }

    /// Takes a name from a container that is no more. If somebody else has claimed it meanwhile, it is theirs.
    private func takeAway(_ name: String, from holder: String) throws(ContainerError) {
        let path = root.containerNames.appending(name)
        let aside = root.containerNames.appending(".\(holder)-\(name)")
        try systemCall { () throws(SystemError) in
            do throws(SystemError) {
                try NameLink.rename(path, to: aside)
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
                return
            }
            if let link = NameLink.destination(of: aside), link != "../\(holder)" {
                _ = try NameLink.claim(path, for: link)
            }
            try Removal.file(aside)
        }
    }
}
