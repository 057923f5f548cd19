import Linux
import SystemPackage

/// How much room trees of files take.
enum DiskUse {
    /// The bytes of the files below a folder; what cannot be read counts as nothing.
    static func bytes(below folder: FilePath) -> Int64 {
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

extension ContainerSummary {
    /// What the container has written, such as `12kB (virtual 12kB)`.
    var writtenSize: String { ByteSize(DiskUse.bytes(below: container.upperFolder)).decimal(digits: 3) }
}
