import JSON
public import Linux
public import SystemPackage

/// What has happened, in a folder: one JSON object a line, in files with numbers for names.
///
/// Whoever does something adds a line to the file with the highest number, in one `write(2)` at its end, which the kernel
/// does not mix with others. Whoever fills that file makes the next one and removes those before the last two. Two who do so
/// at once do the same thing, so nobody waits for anybody.
public struct Journal: Hashable, Sendable {
    /// Where it is.
    public let folder: FilePath

    /// The size at which a file is full, in bytes; the journal takes little more than twice as much.
    static let fullSize = 1 << 20

    /// The journal in a folder, which need not be there yet.
    public init(_ folder: FilePath) {
        self.folder = folder
    }

    /// Adds an entry. What happens happens whether it can be written down or not, so failures are nobody's concern.
    public func add(_ entry: JournalEntry) {
        try? append(entry.json.bytes() + [UInt8(ascii: "\n")])
    }

    private func append(_ line: [UInt8]) throws(SystemError) {
        try makeFolder()
        let number = try numbers().last ?? 1
        let file = try WholeFile.openForAppending(path(of: number), mode: 0o600)
        defer { try? file.descriptor.close() }
        _ = try file.descriptor.writeAvailable(line)
        guard file.size + line.count >= Self.fullSize else { return }
        let next = try WholeFile.openForAppending(path(of: number + 1), mode: 0o600)
        try? next.descriptor.close()
        for old in try numbers() where old < number { try Removal.file(path(of: old)) }
    }

    /// Sees to it that the folder is there, so that it can be watched.
    public func makeFolder() throws(SystemError) {
        guard !Folder.hasEntry(folder) else { return }
        try Folder.makeAll(folder)
    }

    /// The numbers of the files, ascending.
    func numbers() throws(SystemError) -> [Int] {
        try Folder.names(in: folder).compactMap(Int.init).sorted()
    }

    func path(of number: Int) -> FilePath { folder.appending(String(number)) }
}

/// Reads a journal, and what is added to it.
public struct JournalReader: Sendable {
    private let journal: Journal
    /// How far each file was read. A file that is not the last may still get a line from somebody who was slow.
    private var offsets: [Int: Int] = [:]

    private static let pieceSize = 1 << 16

    /// - Parameter isFromEnd: whether what is there already is passed over.
    public init(_ journal: Journal, isFromEnd: Bool) throws(SystemError) {
        self.journal = journal
        guard isFromEnd else { return }
        for number in try journal.numbers() { offsets[number] = try ReadableFile(journal.path(of: number)).size }
    }

    /// Gives what has been added since the last call. To wait for more, watch the journal's folder.
    public mutating func readAvailable(_ body: (JournalEntry) throws -> Void) throws {
        let numbers = try journal.numbers()
        offsets = offsets.filter { numbers.contains($0.key) }
        for number in numbers {
            guard let file = try? ReadableFile(journal.path(of: number)) else { continue }
            try read(file, number, body)
        }
    }

    private mutating func read(_ file: borrowing ReadableFile, _ number: Int, _ body: (JournalEntry) throws -> Void)
        throws
    {
        var offset = offsets[number] ?? 0
        var rest: [UInt8] = []
        while true {
            let piece = try file.read(at: offset + rest.count, count: Self.pieceSize)
            guard !piece.isEmpty else { break }
            rest += piece
            var line = rest.startIndex
            while let end = rest[line...].firstIndex(of: UInt8(ascii: "\n")) {
                let entry = JournalEntry(parsing: rest[line..<end])
                line = end + 1
                // Before the body, which may throw and be called again.
                offsets[number] = offset + line
                if let entry { try body(entry) }
            }
            offset += line
            rest.removeFirst(line)
        }
    }
}
