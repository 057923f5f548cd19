import Linux
import Supervision
import SystemPackage

/// The files of a container's log, of which a new one is begun when the present one has reached its size.
struct LogFiles: ~Copyable {
    private let order: LogOrder
    private var file: FileDescriptor?
    private var size = 0
    private var isWithinLine = false
    /// How many bytes have been written in all.
    private(set) var total = 0

    /// The file that was put aside last and is still to be compressed; until that is done, no other is put aside.
    private(set) var compressible: FilePath?

    /// Opens the file, and goes on where it ends.
    init(_ order: LogOrder) throws(SystemError) {
        self.order = order
        try open()
    }

    /// The file that was put aside last has been compressed, or cannot be.
    mutating func compressionEnded() { compressible = nil }

    /// Writes bytes; gives where it stopped because no more can be written now.
    mutating func write(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var place = range.lowerBound
        while place < range.upperBound {
            guard let end = roomEnd(bytes, place..<range.upperBound) else { break }
            guard write(bytes, from: &place, to: end) else { break }
        }
        return place
    }

    /// Writes up to `end`; false if that cannot be done now.
    private mutating func write(_ bytes: [UInt8], from place: inout Int, to end: Int) -> Bool {
        guard let file else { return false }
        while place < end {
            guard let count = try? file.writeAvailable(bytes, range: place..<end), count > 0 else { return false }
            place += count
            size += count
            total += count
            isWithinLine = bytes[place - 1] != UInt8(ascii: "\n")
        }
        return true
    }

    /// Where the lines end that still go into the present file: the file is left with the line that reaches its size.
    /// nil if a new file is due and cannot be had.
    private mutating func roomEnd(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        guard let maximum = order.maximumSize else { return range.upperBound }
        if size >= maximum, !isWithinLine {
            guard compressible == nil else { return nil }
            do throws(SystemError) { try turn() } catch { return nil }
        }
        let last = range.lowerBound + max(maximum - size - 1, 0)
        guard last < range.upperBound else { return range.upperBound }
        return bytes[last..<range.upperBound].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? range.upperBound
    }

    /// Puts the file aside as `.1`, and those put aside before one further; the oldest goes.
    private mutating func turn() throws(SystemError) {
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
