/// What a server says that a file should be called. RFC 6266
public enum ContentDisposition {
    /// The name, as bytes and without the folders before it; nil if there is none.
    public static func fileName(_ header: String) -> [UInt8]? {
        var plain: [UInt8]?
        for field in header.split(separator: ";").dropFirst() {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }.filter { $0 != "\"" }
            switch parts[0].filter({ $0 != " " }).lowercased() {
            case "filename": plain = Array(value.utf8)
            // `UTF-8''na%C3%AFve.txt` counts before the other.
            case "filename*": return last(WebAddress.decoded(value.split(separator: "'").last ?? ""))
            default: break
            }
        }
        return plain.flatMap(last)
    }

    private static func last(_ path: [UInt8]) -> [UInt8]? {
        path.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last.map(Array.init)
    }
}
