/// Paths as text. They are not looked up: a symbolic link is as good as any folder.
enum PathText {
    /// Whether it begins at the root.
    static func isAbsolute(_ path: String) -> Bool { path.hasPrefix("/") }

    /// Without `.`, `..` where they can be taken away, and doubled or final slashes; `.` for nothing.
    static func clean(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var kept: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = kept.last, last != ".." {
                kept.removeLast()
            } else if part != ".." || !isAbsolute {
                kept.append(part)
            }
        }
        let joined = kept.joined(separator: "/")
        return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
    }

    /// The path as seen from a folder, clean.
    static func joined(_ folder: String, _ path: String) -> String {
        clean(isAbsolute(path) ? path : folder + "/" + path)
    }

    /// The folder that it lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : clean(String(path[..<slash]))
    }

    /// The last part.
    static func name(of path: String) -> String {
        clean(path).split(separator: "/").last.map(String.init) ?? ""
    }

    /// With the home folder in place of a leading `~`.
    static func expandingHome(_ path: String, home: String?) -> String {
        guard let home, path == "~" || path.hasPrefix("~/") else { return path }
        return joined(home, "." + path.dropFirst())
    }

    /// Whether it is a drive letter's or a network share's, as Windows writes them.
    static func isWindowsAbsolute(_ path: String) -> Bool {
        if path.hasPrefix("\\\\") { return true }
        let bytes = Array(path.utf8.prefix(3))
        guard bytes.count == 3, bytes[1] == UInt8(ascii: ":"), bytes[2] == UInt8(ascii: "\\") || bytes[2] == 0x2F else {
            return false
        }
        return Unicode.Scalar(bytes[0]).properties.isAlphabetic
    }
}
