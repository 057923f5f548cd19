/// The environment that the program was started with.
public enum OwnEnvironment {
    /// The variables by their names.
    public static let variables: [String: String] = {
        var variables: [String: String] = [:]
        for entry in entries {
            let text = String(decoding: entry, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return variables
    }()

    private static var entries: [ArraySlice<UInt8>] {
        ((try? WholeFile.read("/proc/self/environ", limit: 32 << 20)) ?? []).split(separator: 0)
    }

    /// The value of a variable; nil where it is not set or empty.
    public static subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All of it, as programs get it.
    public static var texts: [String] { entries.map { String(decoding: $0, as: UTF8.self) } }
}
