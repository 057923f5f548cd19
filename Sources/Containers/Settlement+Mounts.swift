import Linux

extension Settlement {
    /// Refuses to spread mounts where the host's own arrangement does not let them spread.
    func checkPropagation() throws(ContainerError) {
        for mount in configuration.mounts {
            guard case .bind(_, let word?, _) = mount.kind, let wish = MountPropagation(parsing: word) else { continue }
            guard wish.isShared || wish.isSlave else { continue }
            let point = try systemCall { () throws(SystemError) in try MountPoint(of: mount.source) }
            guard !point.isShared, wish.isShared || !point.isSlave else { continue }
            let kind = wish.isShared ? "a shared mount" : "a shared or slave mount"
            throw .unsupported(
                name: configuration.name,
                what: "path \(mount.source) is mounted on \(point.path) but it is not \(kind)"
            )
        }
    }
}
