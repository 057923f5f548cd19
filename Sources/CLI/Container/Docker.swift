import Linux

/// The commands of Docker's grammar, one a file.
enum Docker {
    /// Does something with each of several objects, and goes on where one cannot be dealt with.
    ///
    /// - Parameter body: does it; what it gives is printed, on a line.
    /// - Returns: 1 if something went wrong, 0 otherwise.
    static func forEach(_ names: [String], _ body: (String) throws -> String?) throws -> Int32 {
        var code: Int32 = 0
        for name in names {
            let line: String?
            do {
                line = try body(name)
            } catch {
                Console.note("Error: \(Outcome(of: error).message?.printable ?? "")")
                code = 1
                continue
            }
            if let line { try Console.print("\(line)\n") }
        }
        return code
    }

    /// `key=value` filters by key.
    static func filters(_ texts: [String], known: Set<String>) throws(UsageError) -> [String: [String]] {
        var filters: [String: [String]] = [:]
        for text in texts {
            guard let sign = text.firstIndex(of: "=") else {
                let reason = "bad format of filter (expected name=value)"
                throw .invalidValue(text: text, flag: "-f, --filter", reason: reason)
            }
            let key = String(text[..<sign])
            guard known.contains(key) else { throw .conflict("invalid filter '\(key)'") }
            filters[key, default: []].append(String(text[text.index(after: sign)...]))
        }
        return filters
    }

    /// The instant before which things must have been made, by `until` filters; the end of time without one.
    static func until(_ texts: [String]?) throws(UsageError) -> Int64 {
        guard let text = texts?.last else { return .max }
        guard let instant = TimeText.instant(text, now: WallClock.now) else {
            throw .conflict("invalid filter 'until=\(text)'")
        }
        return instant
    }

    /// Whether labels have each of these: `key` or `key=value`.
    static func matches(_ labels: [String: String], _ wanted: [String]?) -> Bool {
        (wanted ?? []).allSatisfy { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let value = labels[parts[0]] else { return false }
            return parts.count == 1 || value == parts[1]
        }
    }
}

/// Flags that several commands of Docker's grammar have.
enum DockerFlag {
    static let filter = Flag.list("-f, --filter", "Show what has a property", placeholder: "filter")
    static let format = Flag<String>.text("--format", "table, json, or a template", default: "table")
    static let inspectFormat = Flag<String>.text("-f, --format", "json, or a template", default: "")
    static let noTruncation = Flag.toggle("--no-trunc", "Shorten nothing")
    static let quiet = Flag.toggle("-q, --quiet", "Print identifiers alone")
    static let force = Flag.toggle("-f, --force", "Do not ask")
    static let label = Flag.list("--label", "Label: NAME=VALUE", placeholder: "list")
    static let time = Flag.number("-t, --timeout", "Seconds that a container gets to stop").named(also: "time")
    static let signal = Flag<String?>.text("-s, --signal", "The signal")
}
