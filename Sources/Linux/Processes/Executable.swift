public import SystemPackage

/// Programs by their names.
public enum Executable {
    /// The first program of this name in the folders of `PATH`; folders that are relative to wherever we are do not
    /// count.
    public static func find(_ name: String, in path: String?) -> FilePath? {
        (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .filter { $0.hasPrefix("/") }
            .map { FilePath(String($0)).appending(name) }
            .first { Folder.hasEntry($0) }
    }
}
