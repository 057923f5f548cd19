import Compression
import Linux
import Storage
import SystemPackage

/// Archives that `ADD` unpacks: tar, plain or compressed, known by its contents and not by its name.
enum LocalArchive {
    /// Whether a file is an archive.
    static func isOne(_ tree: some SourceTree, _ path: TreePath) throws -> Bool {
        try isOne(source(tree, path))
    }

    /// Whether some bytes are an archive; they are used up.
    static func isOne(_ bytes: ByteSource) throws -> Bool {
        do {
            return try TarReader(bytes.decompressed()).next() != nil
        } catch is StorageError {
            return false
        } catch let error as CompressionError {
            if case .unsupported = error { throw error }
            return false
        }
    }

    /// The bytes of a file, piece by piece.
    static func source(_ tree: some SourceTree, _ path: TreePath) throws -> ByteSource {
        let file = OpenFile(try tree.open(path))
        return ByteSource {
            let piece = try file.read()
            return piece.isEmpty ? nil : piece
        }
    }

    /// A file that several hands read from, one after the other.
    private final class OpenFile {
        private let file: OwnedDescriptor

        init(_ file: consuming OwnedDescriptor) {
            self.file = file
        }

        func read() throws -> [UInt8] { try file.read(1 << 18) }
    }
}
