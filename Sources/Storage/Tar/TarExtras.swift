import Linux

/// What the extra headers before a member say of it, and how both together make an entry.
struct TarExtras {
    var path: [UInt8]?
    var link: [UInt8]?
    var size: Int64?
    var headers = 0
    private var uid: UInt32?
    private var gid: UInt32?
    private var modifiedAt: Int64?
    private var attributes: [String: [UInt8]] = [:]

    // MARK: PAX

    /// Reads records of the form `length key=value\n`. pax(1)
    mutating func read(pax bytes: [UInt8]) throws {
        var place = 0
        while place < bytes.count {
            guard let blank = bytes[place...].firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: bytes[place..<blank], as: UTF8.self)), length > blank - place + 1,
                place + length <= bytes.count, bytes[place + length - 1] == UInt8(ascii: "\n"),
                let equals = bytes[blank..<(place + length)].firstIndex(of: UInt8(ascii: "="))
            else { throw StorageError.badArchive(entry: nil, reason: "a PAX header that is none") }
            let key = String(decoding: bytes[(blank + 1)..<equals], as: UTF8.self)
            try set(key, Array(bytes[(equals + 1)..<(place + length - 1)]))
            place += length
        }
    }

    private mutating func set(_ key: String, _ value: [UInt8]) throws {
        let text = String(decoding: value, as: UTF8.self)
        func number() throws -> Int64 {
            guard let number = Int64(text), number >= 0 else {
                throw StorageError.badArchive(entry: nil, reason: "\(key) \"\(text)\" is no number")
            }
            return number
        }
        switch key {
        case "path": path = value
        case "linkpath": link = value
        case "size": size = try number()
        case "uid": uid = try UInt32(clamping: number())
        case "gid": gid = try UInt32(clamping: number())
        case "mtime": modifiedAt = Self.time(text)
        case _ where key.hasPrefix("SCHILY.xattr."): attributes[String(key.dropFirst(13))] = value
        case _ where key.hasPrefix("GNU.sparse."):
            throw StorageError.badArchive(entry: nil, reason: "sparse members are not supported")
        default: break
        }
    }

    /// Nanoseconds of seconds with a fraction, such as `-1.5`.
    private static func time(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let seconds = Int64(first), parts.count <= 2 else { return nil }
        let digits = parts.count == 2 ? String((parts[1] + "000000000").prefix(9)) : "0"
        guard let fraction = Int64(digits) else { return nil }
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return nil }
        let (sum, overflowsToo) = product.addingReportingOverflow(fraction)
        guard !overflowsToo else { return nil }
        return isNegative ? -sum : sum
    }

    // MARK: Entry

    private static let kinds: [UInt8: TarEntry.Kind] = [
        0: .file, UInt8(ascii: "0"): .file, UInt8(ascii: "7"): .file, UInt8(ascii: "1"): .hardLink,
        UInt8(ascii: "2"): .symbolicLink, UInt8(ascii: "3"): .characterDevice, UInt8(ascii: "4"): .blockDevice,
        UInt8(ascii: "5"): .folder, UInt8(ascii: "6"): .pipe,
    ]

    func entry(_ header: TarHeader) throws -> TarEntry {
        typealias Field = TarHeader.Field
        var entry = TarEntry(.file, path: path ?? header.path, mode: 0)
        guard let kind = Self.kinds[header.type] else {
            let letter = String(decoding: [header.type], as: UTF8.self)
            throw entry.refused("a member of type \"\(letter)\" is not supported")
        }
        guard let mode = header.number(Field.mode), let uid = header.number(Field.uid),
            let gid = header.number(Field.gid), let seconds = header.number(Field.time),
            let major = header.number(Field.major), let minor = header.number(Field.minor)
        else { throw entry.refused("a number in its header is none") }
        entry.kind = kind == .file && header.type == 0 && entry.path.last == UInt8(ascii: "/") ? .folder : kind
        entry.linkTarget = link ?? header.text(Field.link)
        guard !entry.path.contains(0), !entry.linkTarget.contains(0) else { throw entry.refused("NUL in its name") }
        entry.mode = UInt32(truncatingIfNeeded: mode) & 0o7777
        entry.uid = self.uid ?? UInt32(clamping: uid)
        entry.gid = self.gid ?? UInt32(clamping: gid)
        entry.modifiedAt = modifiedAt ?? Timestamp.nanoseconds(clamping: seconds)
        entry.device = DeviceNumber(major: UInt32(clamping: major), minor: UInt32(clamping: minor))
        entry.attributes = attributes
        return entry
    }
}
