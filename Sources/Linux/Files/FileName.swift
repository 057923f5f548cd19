/// The name of one entry of a folder: any bytes but a slash and NUL, and neither empty nor `.` nor `..`.
///
/// Names from archives, images and users become a `FileName` before they reach the file system, so none of them can
/// lead elsewhere.
public struct FileName: Hashable, Sendable {
    /// The bytes with NUL at the end, as system calls want them.
    let cString: [CChar]

    /// Nil if no entry can have that name.
    public init?(_ bytes: some Collection<UInt8>) {
        let isRelative = bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8)
        guard !isRelative, (1...255).contains(bytes.count), !bytes.contains(0), !bytes.contains(UInt8(ascii: "/"))
        else { return nil }
        cString = bytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// Nil if no entry can have that name.
    public init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The name itself.
    public var bytes: [UInt8] { cString.dropLast().map { UInt8(bitPattern: $0) } }
}

extension FileName: CustomStringConvertible {
    /// The name as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension FileName: Comparable {
    /// Sorted by their bytes.
    public static func < (one: FileName, other: FileName) -> Bool {
        one.cString.lexicographicallyPrecedes(other.cString) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }
}
