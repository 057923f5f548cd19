import Hashing
import Linux

/// What a step's result depends on, gathered into one digest.
///
/// Every part is written with its name and its length, so that no two lists of parts read alike.
struct CacheKey {
    private var bytes: [UInt8] = []

    /// Begins a key for one kind of step. The number changes when the meaning of keys does.
    init(_ kind: String) {
        add("kind", "\(kind) 1")
    }

    mutating func add(_ name: String, _ value: String) {
        add(name, Array(value.utf8))
    }

    mutating func add(_ name: String, _ values: [String]) {
        add(name, String(values.count))
        for value in values { add(name, value) }
    }

    mutating func add(_ name: String, _ value: [UInt8]) {
        bytes += "\(name) \(value.count) ".utf8
        bytes += value
    }

    /// 64 hexadecimal digits.
    var text: String { SHA256.hexadecimal(bytes) }
}

/// The digest of a file's contents.
enum FileDigest {
    static func compute(_ file: borrowing OwnedDescriptor) throws -> [UInt8] {
        let hash = SHA2()
        while true {
            let piece = try file.read(1 << 18)
            guard !piece.isEmpty else { return hash.sum() }
            hash.update(piece)
        }
    }
}
