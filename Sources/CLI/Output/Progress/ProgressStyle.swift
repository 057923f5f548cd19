import Linux
import SystemPackage

/// How progress is shown.
enum ProgressStyle: Hashable, Sendable {
    /// A display that is redrawn on a terminal, lines elsewhere.
    case automatic
    case terminal, plain, json, quiet

    init(named name: String, ansi: Ansi) throws(UsageError) {
        switch name {
        case "", "auto": self = ansi == .never ? .plain : ansi == .always ? .terminal : .automatic
        case "tty":
            guard ansi != .never else { throw .conflict("can't use --progress tty while ANSI support is disabled") }
            self = .terminal
        case "plain":
            guard ansi != .always else { throw .conflict("can't use --progress plain while ANSI support is forced") }
            self = .plain
        case "json": self = .json
        case "quiet", "none": self = .quiet
        default: throw .conflict("unsupported --progress value \(name.quoted)")
        }
    }

    /// The display for this style on standard error.
    ///
    /// - Parameter title: what is done, such as `up`.
    func renderer(title: String) -> any ProgressRenderer {
        switch self {
        case .quiet: SilentProgress()
        case .json: JSONProgress()
        case .plain: PlainProgress()
        case .terminal: TerminalProgress(title: title)
        case .automatic:
            Terminal.isTerminal(.standardError) ? TerminalProgress(title: title) : PlainProgress()
        }
    }

    /// Tells why the program ends.
    ///
    /// - Parameter excerpt: lines that show what it is about.
    func reportFatal(_ message: String, excerpt: String? = nil, program: String) {
        guard self == .json else {
            Console.note("\(program): \(message.printable)")
            if let excerpt { Console.note(excerpt.printableLines) }
            return
        }
        JSONProgress.reportFatal(message)
    }
}
