import Gzip
import Linux
import Supervision
import SystemPackage

/// Compresses a log file that was put aside, on a thread of its own, so that the log goes on meanwhile.
enum LogCompression {
    /// What follows the name of a compressed file.
    static let suffix = ".gz"

    private static let pieceSize = 1 << 17

    /// Begins to compress a file, which gives way to the compressed one in the end. It stays as it is where that fails.
    ///
    /// - Parameter ended: what happens on the loop's thread when it is over.
    static func start(_ path: FilePath, loop: EventLoop, ended: @escaping () -> Void) throws(SystemError) {
        let (reading, writing) = try FileDescriptor.closeOnExecPipe()
        do throws(SystemError) {
            try Thread.start {
                try? compress(path)
                try? writing.close()
            }
        } catch {
            for end in [reading, writing] { try? end.close() }
            throw error
        }
        try loop.watch(reading, for: .readable) { _ in
            loop.forget(reading)
            try? reading.close()
            ended()
        }
    }

    static func compress(_ path: FilePath) throws {
        let target = FilePath("\(path)\(suffix)")
        let draft = FilePath("\(target).draft")
        try Removal.file(draft)
        let input = try ReadableFile(path)
        let output = try WholeFile.openForAppending(draft, mode: 0o640).descriptor
        defer { try? output.close() }
        try output.writeAll(CompressedLog.mark(inode: input.inode))
        let packer = try GzipPacker()
        var offset = 0
        while true {
            let piece = try input.read(at: offset, count: pieceSize)
            guard !piece.isEmpty else { break }
            offset += piece.count
            try output.writeAll(packer.pack(piece))
        }
        try output.writeAll(packer.finish())
        try WholeFile.move(draft, to: target)
        try Removal.file(path)
    }
}
