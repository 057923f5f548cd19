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
            let name = "tutti-\(id.prefix(12))"
            let parents: [String]
            switch try CgroupLayout.current() {
            case .unified(let mount, _): parents = [mount]
            case .hierarchies(let folders): parents = Array(Set(folders.values))
            }
            for parent in parents { try CgroupFolder(FilePath(parent).appending(name)).remove() }
            try Removal.tree(folder(of: id))
        }
    }
}
