import JSON

/// The exec form: an array of strings in JSON.
enum JSONList {
    /// The strings; nil when the text is not a well-formed array, which makes it text for the shell instead.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(DockerfileProblem) -> [String]? {
        guard let value = try? JSONValue(parsing: bytes), case .array(let elements) = value else { return nil }
        var strings: [String] = []
        for element in elements {
            guard case .string(let string) = element else { throw .jsonNotStrings }
            strings.append(string)
        }
        return strings
    }
}
