import Compression
import Linux
import Storage
import Supervision
import SystemPackage

/// One file of a log, open for reading, compressed or not.
final class LogFile {
    private let file: ReadableFile
    private let inflated: ByteSource?
    /// Where reading goes on; in a compressed file this means nothing.
    private var offset: Int
    private var chunk: [UInt8] = []
    private var line = 0

    private static let chunkSize = 1 << 18

    init?(_ path: FilePath) {
        guard let file = try? ReadableFile(path) else { return nil }
        self.file = file
        offset = 0
        inflated = path.extension == "gz" ? (try? ByteSource(readingFile: path))?.decompressed() : nil
    }

    /// Whether both are one file of the disk.
    func isSame(as other: LogFile) -> Bool { file.inode == other.file.inode }

    /// Whether this is what another file has become by being compressed. Of several that this can be said of it is the
    /// newest: numbers are used again, but not while a file is open.
    func isPacked(from other: LogFile) -> Bool {
        guard inflated != nil, other.inflated == nil else { return false }
        let mark = try? file.read(at: 0, count: CompressedLog.markSize)
        return mark.flatMap { CompressedLog.inode(inMark: $0) } == other.file.inode
    }

    /// Whether a path leads to it at present.
    func isFound(at path: FilePath) -> Bool { (try? FileStatus.of(path))?.inode == file.inode }

    /// The next whole line, without its end. A last line without an end is still being written: left for later.
    func nextLine() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = chunk[line...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    offset += end + 1 - line
                    line = end + 1
                }
                return chunk[line..<end]
            }
            chunk.removeFirst(line)
            line = 0
            guard let more = try nextChunk() else { return nil }
            chunk += more
        }
    }

    private func nextChunk() throws -> [UInt8]? {
        if let inflated { return try inflated.next() }
        let more = try file.read(at: offset + chunk.count, count: Self.chunkSize)
        guard more.isEmpty else { return more }
        guard try file.status.size < offset + chunk.count else { return nil }
        // Somebody has emptied it.
        offset = 0
        chunk = []
        return try nextChunk()
    }

    /// The last so many whole lines.
    func lastLines(_ count: Int) throws -> [[UInt8]] {
        if inflated == nil { offset = offset(ofLastLines: count) }
        var lines: [[UInt8]] = []
        while let line = try nextLine() {
            lines.append(Array(line))
            if lines.count > 2 * count + 1024 { lines.removeFirst(lines.count - count) }
        }
        return lines.suffix(count)
    }

    /// Where the last so many lines begin.
    private func offset(ofLastLines count: Int) -> Int {
        var end = file.size
        var missing = count + 1
        while end > 0 {
            let start = max(0, end - 1 << 16)
            guard let chunk = try? file.read(at: start, count: end - start) else { return 0 }
            for place in chunk.indices.reversed() where chunk[place] == UInt8(ascii: "\n") {
                missing -= 1
                if missing == 0 { return start + place + 1 }
            }
            end = start
        }
        return 0
    }
}
