/// The text of `--help`, in the layout of Docker's command line.
enum Help {
    /// Asks for help, on every command.
    static let flag = Flag.toggle("-h, --help", "Print usage")
    /// The same where `-h` means something else.
    static let longFlag = Flag.toggle("--help", "Print usage")

    static func text(of usage: Usage, path: String) -> String {
        var text = "Usage:  \(path)\(usage.synopsis.isEmpty ? "" : " " + usage.synopsis)\n\n\(usage.summary)\n"
        let rows = options(usage.flags)
        if !rows.isEmpty { text += "\nOptions:\n" + rows }
        return text
    }

    static func text(of group: CommandGroup, path: String, flags: [any FlagDeclaration]) -> String {
        var text = "Usage:  \(path) \(flags.isEmpty ? "" : "[OPTIONS] ")COMMAND\n\n\(group.summary)\n"
        let rows = options(flags)
        if !rows.isEmpty { text += "\nOptions:\n" + rows }
        let names = group.entries.filter { !$0.name.hasPrefix("~") }
        let width = (names.map(\.name.count).max() ?? 0) + 1
        text += "\nCommands:\n"
        for (name, entry) in names { text += "  \(name.padded(to: width)) \(entry.summary)\n" }
        return text + "\nRun '\(path) COMMAND --help' for more information on a command.\n"
    }

    private static func options(_ flags: [any FlagDeclaration]) -> String {
        let shown = flags.filter { !$0.isHidden }.sorted { $0.long < $1.long }
        let rows = shown.map { (left: left($0), right: right($0)) }
        let width = (rows.map(\.left.count).max() ?? 0) + 3
        return rows.map { "\($0.left.padded(to: width))\($0.right)\n" }.joined()
    }

    private static func left(_ flag: any FlagDeclaration) -> String {
        let short = flag.short.map { "-\($0), " } ?? "    "
        return "  \(short)--\(flag.long)" + (flag.placeholder.map { " \($0)" } ?? "")
    }

    private static func right(_ flag: any FlagDeclaration) -> String {
        flag.help + (flag.shownDefault.map { " (default \($0))" } ?? "")
    }
}

extension CommandGroup.Entry {
    var summary: String {
        switch self {
        case .command(let type): type.usage.summary
        case .group(let group): group().summary
        }
    }
}

extension String {
    /// The text with spaces after it, as wide as that at least.
    func padded(to width: Int) -> String {
        let missing = width - count
        return missing > 0 ? self + String(repeating: " ", count: missing) : self
    }
}
