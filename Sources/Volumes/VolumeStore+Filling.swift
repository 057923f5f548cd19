import Linux
public import SystemPackage

extension VolumeStore {
    /// Fills a volume that is empty with what the image has at the place where it is mounted.
    ///
    /// The volume takes owner and mode of the image's folder too. Nothing happens if the image has no folder there.
    ///
    /// - Parameters:
    ///   - path: where it is mounted, absolute.
    ///   - layers: the image's layer folders, base first.
    ///   - subpath: the part of the volume that is mounted, which must be there; nil is all of it.
    public func fill(
        _ volume: Volume,
        from path: String,
        of layers: [FilePath],
        subpath: String? = nil
    ) throws(VolumeError) {
        let mount = try VolumeMount(volume.record.options, of: volume.name)
        // What is copied into memory would be gone before the container starts.
        guard mount?.isLasting ?? true else { return }
        guard mount != nil || subpath != nil else { return try fillWhole(volume, from: path, of: layers) }
        var use = try use(volume)
        defer {
            let resource = use?.resource
            use = nil
            _ = try? resource?.leave()
        }
        do {
            // Two containers that are made at the same time may both find it empty.
            let lock = try FileLock.await(volume.folder.appending(Self.lockName))
            defer { withExtendedLifetime(lock) {} }
            let data = RootedFolder(volume.mountpoint)
            guard let part = try data.folder(subpath ?? ".") else {
                throw VolumeError.noSubfolder(name: volume.name, path: subpath ?? ".")
            }
            // The dot is in the folder that was opened, whatever its path leads to by now.
            let place = FilePath("/proc/self/fd/\(part.descriptor.rawValue)/.")
            guard try Folder.names(in: place).isEmpty else { return }
            _ = try StackedTree.copyFolder(path, of: layers, into: place)
            withExtendedLifetime(part) {}
        } catch {
            throw Self.error(error, volume.mountpoint)
        }
    }

    /// Fills a volume that is a plain folder: it appears full, in one step.
    private func fillWhole(_ volume: Volume, from path: String, of layers: [FilePath]) throws(VolumeError) {
        let data = volume.mountpoint
        let draft = volume.folder.appending("_filling")
        do throws(SystemError) {
            guard try Folder.names(in: data).isEmpty else { return }
            let lock = try FileLock.await(volume.folder.appending(Self.lockName))
            defer { withExtendedLifetime(lock) {} }
            guard try Folder.names(in: data).isEmpty else { return }
            try Removal.tree(draft)
            try Folder.make(draft, mode: 0o755)
            guard try StackedTree.copyFolder(path, of: layers, into: draft), try Folder.move(draft, to: data) else {
                try Removal.tree(draft)
                return
            }
        } catch {
            try? Removal.tree(draft)
            throw .system(error)
        }
    }
}
