import Linux
import Supervision
import SystemPackage

/// A container's log file, which starts anew when it has reached its size.
///
/// Nothing is lost while the file cannot be written: ``isBlocked`` says so, and whoever feeds the log waits.
struct OutputLog {
    private let order: LogOrder
    private var encoder: LogEncoder
    private var file: FileDescriptor?
    private var size = 0
    /// How many bytes have been written in all.
    private(set) var total = 0
    /// How much of the encoder's bytes has been written.
    private var written = 0

    /// The room for lines that is kept while nothing is written.
    private static let keptRoom = 1 << 18

    /// The file that was put aside last and is still to be compressed; until that is done, no other is put aside.
    private(set) var compressible: FilePath?

    /// Whether bytes wait that could not be written.
    var isBlocked: Bool { written < encoder.encoded.count }

    /// Opens the file, and goes on where it ends.
    init(_ order: LogOrder) throws(SystemError) {
        self.order = order
        encoder = LogEncoder(attributes: order.attributes)
        guard order.driver != .none else { return }
        try open()
    }

    /// Logs the first `count` bytes of a read.
    mutating func append(_ bytes: [UInt8], count: Int, from stream: OutputStream) {
        guard order.driver != .none else { return }
        encoder.append(bytes, count: count, from: stream, at: WallClock.now)
        flush()
    }

    /// Logs what a stream has left when it has ended.
    mutating func end(_ stream: OutputStream) {
        guard order.driver != .none else { return }
        encoder.end(stream, at: WallClock.now)
        flush()
    }

    /// The file that was put aside last has been compressed, or cannot be.
    mutating func compressionEnded() { compressible = nil }

    /// Tries again to write what could not be written.
    mutating func flush() {
        while isBlocked {
            guard let end = roomEnd(), write(to: end) else { return }
        }
        encoder.encoded.removeAll(keeping: Self.keptRoom)
        written = 0
    }

    /// Writes up to `end`; false if that cannot be done now.
    private mutating func write(to end: Int) -> Bool {
        guard let file else { return false }
        while written < end {
            guard let count = try? file.writeAvailable(encoder.encoded.storage, range: written..<end), count > 0 else {
                return false
            }
            written += count
            size += count
            total += count
        }
        return true
    }

    /// Where the lines end that still go into the present file: the file is left with the line that reaches its size.
    /// nil if a new file is due and cannot be had.
    private mutating func roomEnd() -> Int? {
        let all = encoder.encoded.bytes
        guard let maximum = order.maximumSize else { return all.count }
        let isWithinLine = written > 0 && all[written - 1] != UInt8(ascii: "\n")
        if size >= maximum, !isWithinLine {
            guard compressible == nil else { return nil }
            do throws(SystemError) { try rotate() } catch { return nil }
        }
        let last = written + max(maximum - size - 1, 0)
        guard last < all.count else { return all.count }
        return all[last...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? all.count
    }

    /// Puts the file aside as `.1`, and those put aside before one further; the oldest goes.
    private mutating func rotate() throws(SystemError) {
        try? file?.close()
        file = nil
        if order.maximumFiles > 1 {
            let last = (1..<order.maximumFiles).first { !isAside($0) } ?? order.maximumFiles - 1
            for path in paths(aside: last) { try Removal.file(path) }
            for number in stride(from: last, to: 1, by: -1) {
                for (earlier, later) in zip(paths(aside: number - 1), paths(aside: number)) {
                    try WholeFile.move(earlier, to: later)
                }
            }
            let aside = paths(aside: 1)[0]
            try WholeFile.move(FilePath(order.path), to: aside)
            if order.isCompressed { compressible = aside }
        } else {
            try Removal.file(FilePath(order.path))
        }
        try open()
    }

    /// What a file that was put aside is called: as it is, and compressed.
    private func paths(aside number: Int) -> [FilePath] {
        ["", LogCompression.suffix].map { FilePath("\(order.path).\(number)\($0)") }
    }

    private func isAside(_ number: Int) -> Bool { paths(aside: number).contains(where: Folder.hasEntry) }

    private mutating func open() throws(SystemError) {
        let opened = try WholeFile.openForAppending(FilePath(order.path), mode: 0o640)
        file = opened.descriptor
        size = opened.size
    }
}
