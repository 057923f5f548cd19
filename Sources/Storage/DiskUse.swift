import Linux
public import SystemPackage

/// How much room trees of files take.
public enum DiskUse {
    /// The bytes of the files below a folder. What cannot be read counts as nothing, as others may be changing it.
    public static func bytes(below folder: FilePath) -> Int64 {
        var sum: Int64 = 0
        var open = [folder]
        while let next = open.popLast() {
            for name in (try? Folder.names(in: next)) ?? [] {
                let path = next.appending(name)
                guard let status = try? FileStatus.of(path) else { continue }
                if status.kind == .folder { open.append(path) } else { sum += status.size }
            }
        }
        return sum
    }
}
