/// Prints the output of containers with the name of each before its lines.
struct LogPrinter {
    /// The colors of prefixes, in the order in which names get them: cyan, yellow, green, magenta, blue, then the bright ones.
    private static let colors = [
        "36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1",
    ]

    private var width: Int
    private let isColored: Bool
    private let hasPrefix: Bool
    private var colorByName: [String: String] = [:]

    init(names: [String], isColored: Bool, hasPrefix: Bool = true) {
        width = names.map(\.count).max() ?? 0
        self.isColored = isColored
        self.hasPrefix = hasPrefix
        for name in names { add(name) }
    }

    /// Makes room for a name that appears later.
    mutating func add(_ name: String) {
        guard colorByName[name] == nil else { return }
        colorByName[name] = Self.colors[colorByName.count % Self.colors.count]
        width = max(width, name.count)
    }

    /// A line of a container's output. Its bytes pass as they are, so that colors of the program's own survive.
    func line(_ bytes: some Collection<UInt8>, of name: String) -> [UInt8] {
        Array(prefix(name).utf8) + bytes + [UInt8(ascii: "\n")]
    }

    private func prefix(_ name: String) -> String {
        guard hasPrefix else { return "" }
        let text = "\(name.padded(to: width))  | "
        guard isColored, let color = colorByName[name] else { return text }
        return "\u{1b}[\(color)m\(text)\u{1b}[0m"
    }
}
