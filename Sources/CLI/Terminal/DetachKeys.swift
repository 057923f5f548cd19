/// The keys that let go of a container: `ctrl-p,ctrl-q` unless others are named.
struct DetachKeys {
    private let sequence: [UInt8]
    private var matched = 0

    /// `ctrl-p,ctrl-q`
    static let usual = DetachKeys(sequence: [0x10, 0x11])

    private init(sequence: [UInt8]) { self.sequence = sequence }

    /// Reads `a`, `ctrl-<letter>` and the like, separated by commas; nil for what is none.
    init?(_ text: String) {
        var sequence: [UInt8] = []
        for key in text.split(separator: ",") {
            if key.utf8.count == 1, let byte = key.utf8.first {
                sequence.append(byte)
            } else if key.hasPrefix("ctrl-"), key.utf8.count == 6, let byte = key.utf8.last, (64...127).contains(byte) {
                sequence.append(byte & 0x1f)
            } else if key == "DEL" {
                sequence.append(0x7f)
            } else {
                return nil
            }
        }
        guard !sequence.isEmpty else { return nil }
        self.sequence = sequence
    }

    /// What of the bytes is meant for the container; nil where the keys were typed.
    mutating func filter(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var passed: [UInt8] = []
        for byte in bytes {
            if byte == sequence[matched] {
                matched += 1
                if matched == sequence.count { return nil }
                continue
            }
            // What looked like the start of the keys was none: it is typed after all.
            passed += sequence[..<matched]
            matched = byte == sequence[0] ? 1 : 0
            if matched == 0 { passed.append(byte) }
        }
        return passed
    }
}
