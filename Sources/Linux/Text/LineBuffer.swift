import CEvents

/// Bytes that are put together to lines of JSON before they are written.
///
/// The room that it has is kept, so that filling it again costs nothing.
public struct LineBuffer: Sendable {
    /// What goes before and behind the text of each line, and how long a line must not be.
    public struct Frame: Sendable {
        /// What goes before the text.
        public var head: [UInt8]
        /// What goes behind it.
        public var tail: [UInt8]
        /// Lines of so many bytes or more are left to the caller.
        public var longest: Int

        /// A frame of these parts.
        public init(head: [UInt8], tail: [UInt8], longest: Int) {
            self.head = head
            self.tail = tail
            self.longest = longest
        }
    }

    /// The room; only the first ``count`` bytes mean something.
    public private(set) var storage: [UInt8] = []
    /// How many bytes there are.
    public private(set) var count = 0

    /// An empty buffer without any room.
    public init() {}

    /// The bytes.
    public var bytes: ArraySlice<UInt8> { storage[..<count] }

    /// Adds bytes as they are.
    public mutating func append(_ bytes: [UInt8]) {
        reserve(bytes.count)
        storage.replaceSubrange(count..<(count + bytes.count), with: bytes)
        count += bytes.count
    }

    /// Adds bytes that should be UTF-8, spelled as the inside of a JSON string; U+FFFD stands for those that are not.
    public mutating func append(spelling bytes: [UInt8], _ range: Range<Int>) {
        reserve(Self.spelledSize(range.count))
        let place = count
        count += bytes[range].withUnsafeBufferPointer { input in
            storage.withUnsafeMutableBufferPointer { output in
                guard let start = output.baseAddress else { return 0 }
                return tutti_spell(input.baseAddress, input.count, start + place)
            }
        }
    }

    /// Adds whole lines, each in its frame, and stops before one that has no end within the range or is too long.
    ///
    /// - Returns: where it stopped.
    public mutating func append(linesOf bytes: [UInt8], _ range: Range<Int>, in frame: Frame) -> Int {
        var place = range.lowerBound
        while place < range.upperBound {
            let left = range.upperBound - place
            let most = frame.head.count + frame.tail.count + Self.spelledSize(min(left, frame.longest))
            reserve(most + left)
            place += spell(bytes, place..<range.upperBound, frame)
            // With room for another line it was the line that it stopped for.
            if storage.count - count >= most { break }
        }
        return place
    }

    /// Empties it, and gives the room back where it is more than so many bytes.
    public mutating func removeAll(keeping room: Int) {
        count = 0
        if storage.count > room { storage = [] }
    }

    private mutating func spell(_ bytes: [UInt8], _ range: Range<Int>, _ frame: Frame) -> Int {
        let place = count
        var written = 0
        let taken = bytes[range].withUnsafeBufferPointer { input in
            storage.withUnsafeMutableBufferPointer { output in
                frame.head.withUnsafeBufferPointer { head in
                    frame.tail.withUnsafeBufferPointer { tail in
                        guard let start = output.baseAddress else { return 0 }
                        var parts = tutti_line_frame(
                            head: head.baseAddress,
                            head_size: head.count,
                            tail: tail.baseAddress,
                            tail_size: tail.count,
                            longest: frame.longest
                        )
                        let room = output.count - place
                        return tutti_spell_lines(input.baseAddress, input.count, start + place, room, &parts, &written)
                    }
                }
            }
        }
        count += written
        return taken
    }

    /// Sees to it that there is room for so many bytes more.
    private mutating func reserve(_ more: Int) {
        guard storage.count - count < more else { return }
        let size = max(count + more, storage.count * 2)
        var larger = [UInt8](repeating: 0, count: size)
        larger.replaceSubrange(0..<count, with: storage[..<count])
        storage = larger
    }

    private static func spelledSize(_ count: Int) -> Int { 6 * count + 16 }
}
