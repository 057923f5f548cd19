/// How a compressed log file says which file it was before: whoever has that one open goes on with those that are newer.
///
/// It is an empty gzip member with a field of ours, before those that hold the lines (RFC 1952, 2.3.1.1).
public enum CompressedLog {
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 12, 0, 0x54, 0x54, 8, 0]
    /// Nothing, as deflate has it, with its sum and its size.
    private static let body: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// How many bytes say it.
    public static let markSize = header.count + 8 + body.count

    /// What such a file begins with.
    ///
    /// - Parameter inode: that of the file which is compressed.
    public static func mark(inode: UInt64) -> [UInt8] {
        header + (0..<8).map { UInt8(truncatingIfNeeded: inode >> ($0 * 8)) } + body
    }

    /// The inode of the file that it was; nil where that is not said.
    public static func inode(inMark bytes: [UInt8]) -> UInt64? {
        guard bytes.count >= markSize, bytes.starts(with: header) else { return nil }
        return bytes[header.count..<header.count + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
