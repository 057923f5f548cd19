/// What a server says that a file should be called. RFC 6266
public enum ContentDisposition {
    /// The name, as bytes and without the folders before it; nil if there is none.
    public static func fileName(_ header: String) -> [UInt8]? {
        var plain: [UInt8]?
        for field in fields(of: header).dropFirst() {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].filter({ $0 != " " }).lowercased() {
            case "filename": plain = Array(value.utf8)
            case "filename*":
                // `UTF-8''na%C3%AFve.txt` counts before the other.
                let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
                if parts.count == 3, let name = last(WebAddress.decoded(parts[2])) { return name }
            default: break
            }
        }
        return plain.flatMap(last)
    }

    /// The texts between semicolons, of which one in quotes is none; the quotes go.
    private static func fields(of header: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in header {
            switch character {
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    private static func last(_ path: [UInt8]) -> [UInt8]? {
        path.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last.map(Array.init)
    }
}
