/// What a registry wants to see before it answers. RFC 9110, 11.6.1; the distribution project's token specification
enum Challenge: Hashable {
    case basic
    case bearer(realm: String, service: String?, scope: String?)

    /// Reads a `WWW-Authenticate` header; nil for a scheme that is not spoken here. Bearer is preferred.
    init?(_ header: String) {
        if let start = Self.parameters(of: "bearer", in: header), let realm = start["realm"] {
            self = .bearer(realm: realm, service: start["service"], scope: start["scope"])
            return
        }
        guard header.lowercased().hasPrefix("basic") || header.lowercased().contains(", basic") else { return nil }
        self = .basic
    }

    /// The parameters behind a scheme's name; nil if the scheme is not there.
    private static func parameters(of scheme: String, in header: String) -> [String: String]? {
        let characters = Array(header)
        let lower = Array(header.lowercased())
        let name = Array(scheme + " ")
        guard lower.count == characters.count,
            let start = (0...max(0, lower.count - name.count)).first(where: { lower[$0...].starts(with: name) })
        else { return nil }
        var parameters: [String: String] = [:]
        var rest = characters[(start + name.count)...]
        while let equals = rest.firstIndex(of: "=") {
            let key = String(rest[..<equals]).filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[(equals + 1)...]
            guard rest.first == "\"" else {
                parameters[key] = String(rest.prefix { $0 != "," })
                rest = rest.drop { $0 != "," }
                continue
            }
            let value = rest.dropFirst().prefix { $0 != "\"" }
            parameters[key] = String(value)
            rest = rest[min(value.endIndex + 1, rest.endIndex)...]
        }
        return parameters
    }
}
