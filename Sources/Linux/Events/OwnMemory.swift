import CEvents
import Glibc

/// The memory that a process does not need while it waits.
enum OwnMemory {
    /// Gives free pieces of the heap back.
    static func trim() { tutti_trim_memory() }

    /// The pages that show the process's own file, as pairs of bounds. Given back, they come from the page cache when they
    /// are next touched.
    static var filePages: [UInt] {
        guard let maps = try? WholeFile.read("/proc/self/maps") else { return [] }
        let pages = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)
        guard pages >= 0 else { return [] }
        defer { close(pages) }
        var clean: [Range<UInt>] = []
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            guard let mapping = FileMapping(String(decoding: line, as: UTF8.self)) else { continue }
            clean += mapping.isCode ? [mapping.range] : mapping.cleanRanges(pages)
        }
        return clean.flatMap { [$0.lowerBound, $0.upperBound] }
    }
}

/// A part of the address space that shows a file, from a line of `/proc/self/maps` (proc_pid_maps(5)).
private struct FileMapping {
    let range: Range<UInt>
    /// Whether it is executed and never written.
    let isCode: Bool

    private static let pageSize: UInt = UInt(sysconf(Int32(_SC_PAGESIZE)))
    /// The bit of a pagemap entry that says that the page is the file's, not a copy of our own (proc_pid_pagemap(5)).
    private static let isFilePage: UInt64 = 1 << 61

    /// nil for a mapping without a file.
    init?(_ line: String) {
        let fields = line.split(separator: " ")
        guard fields.count > 5, fields[4] != "0", fields[1].hasSuffix("p") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        range = bounds[0]..<bounds[1]
        isCode = fields[1] == "r-xp"
    }

    /// The pages that were never written to. One that was is our own, and would be lost.
    func cleanRanges(_ pages: Int32) -> [Range<UInt>] {
        var entries = [UInt64](repeating: 0, count: range.count / Int(Self.pageSize))
        let place = off_t(range.lowerBound / Self.pageSize) * 8
        let bytes = entries.withUnsafeMutableBytes { pread(pages, $0.baseAddress, $0.count, place) }
        guard bytes == entries.count * 8 else { return [] }
        var ranges: [Range<UInt>] = []
        var start = range.lowerBound
        for (number, entry) in entries.enumerated() where entry & Self.isFilePage == 0 {
            let other = range.lowerBound + UInt(number) * Self.pageSize
            if start < other { ranges.append(start..<other) }
            start = other + Self.pageSize
        }
        if start < range.upperBound { ranges.append(start..<range.upperBound) }
        return ranges
    }
}
