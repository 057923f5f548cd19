import SystemPackage

extension ContainerRequest {
    /// Everything that is mounted, shallow before deep.
    ///
    /// What the request asks for comes first, then the volumes of other containers, then anonymous volumes at the paths that
    /// the image declares; the latter two only where nothing is mounted yet.
    ///
    /// - Parameter inherited: the mounts of the containers in ``volumesFrom``.
    func mounts(image: ImageFacts, inherited: [MountRequest]) throws(RequestError) -> [MountRequest] {
        var taken: Set<String> = []
        var all: [MountRequest] = []
        for mount in mounts {
            let mount = try mount.cleaned(forbidding: ["/proc"])
            guard taken.insert(mount.target).inserted else { throw .duplicateMount(mount.target) }
            all.append(mount)
        }
        for mount in inherited where taken.insert(mount.target).inserted { all.append(mount) }
        for path in image.volumes.sorted() {
            let volume = MountRequest.Source.volume(name: nil, subpath: nil, copiesUp: true)
            let mount = try MountRequest(volume, target: path).cleaned(forbidding: ["/proc", "/sys"])
            if taken.insert(mount.target).inserted { all.append(mount) }
        }
        return all.map(carryingOver).sorted { left, right in
            (left.depth, left.target) < (right.depth, right.target)
        }
    }

    /// An anonymous volume stays the one that the replaced container had.
    private func carryingOver(_ mount: MountRequest) -> MountRequest {
        guard case .volume(nil, let subpath, let copiesUp) = mount.source, let name = carriedVolumes[mount.target]
        else {
            return mount
        }
        var mount = mount
        mount.source = .volume(name: name, subpath: subpath, copiesUp: copiesUp)
        return mount
    }
}

extension MountRequest {
    fileprivate var depth: Int { target.utf8.count { $0 == UInt8(ascii: "/") } }

    /// The mount with its target clean and known to be one.
    ///
    /// - Parameter kernelTrees: the kernel's own, over which nothing may be put: it would be a way to fake them.
    fileprivate func cleaned(forbidding kernelTrees: [String]) throws(RequestError) -> MountRequest {
        guard target.hasPrefix("/"), !target.utf8.contains(0) else { throw .invalidTarget(target) }
        let path = FilePath(target).lexicallyNormalized().string
        guard path != "/" else { throw .invalidTarget(target) }
        for tree in kernelTrees where path == tree || path.hasPrefix(tree + "/") { throw .invalidTarget(target) }
        var mount = self
        mount.target = path
        return mount
    }
}
