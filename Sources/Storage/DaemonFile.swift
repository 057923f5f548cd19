import Linux
public import SystemPackage

/// The settings of this machine, in the file that Docker has for its daemon.
public enum DaemonFile {
    /// Where `daemon.json` and `certs.d` are looked for, unless `TUTTI_CONFIG` names a folder.
    public static var folders: [FilePath] {
        OwnEnvironment["TUTTI_CONFIG"].map { [FilePath($0)] } ?? ["/etc/tutti", "/etc/docker"]
    }

    /// The first `daemon.json` there is; nil where there is none.
    public static func read() throws -> (path: FilePath, bytes: [UInt8])? { try read(from: folders) }

    /// The first `daemon.json` in these folders; nil where there is none.
    public static func read(from folders: [FilePath]) throws -> (path: FilePath, bytes: [UInt8])? {
        for folder in folders {
            let path = folder.appending("daemon.json")
            if let bytes = try contents(of: path) { return (path, bytes) }
        }
        return nil
    }

    private static func contents(of path: FilePath) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try WholeFile.read(path)
        } catch {
            guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
            return nil
        }
    }
}
