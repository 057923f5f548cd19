import Linux
import Storage
import SystemPackage

extension Sandbox {
    /// Undoes what a command left whose caller was killed: its files and its control groups, with what still runs in them.
    ///
    /// Its network is the caller's affair, as it was from the start.
    /// - Parameter id: The identifier in the configuration that it was run with.
    public func clear(_ id: String) throws(ContainerError) {
        try systemCall { () throws(SystemError) in
            let layout = try CgroupLayout.current()
            for path in layout.folders(named: layout.groupName(id, parent: nil)) { try CgroupFolder(path).remove() }
            try Removal.tree(folder(of: id))
        }
    }
}
