import Linux
import SystemPackage

/// How progress is shown.
enum ProgressStyle: Hashable, Sendable {
    /// A display that is redrawn on a terminal, lines elsewhere.
    case automatic
    case terminal, plain, json, quiet
    /// The status messages of builds as BuildKit's client writes them.
    case raw

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
        case "rawjson": self = .raw
        case "quiet", "none": self = .quiet
        default: throw .conflict("unsupported --progress value \(name.quoted)")
        }
    }

    /// The display for this style on standard error.
    ///
    /// - Parameters:
    ///   - title: what is done, such as `up`.
    ///   - isDebugging: Whether what checks find is explained.
    func renderer(title: String, isDebugging: Bool) -> any ProgressRenderer {
        switch self {
        case .quiet: SilentProgress()
        case .json: JSONProgress()
        case .raw: RawBuildProgress()
        case .automatic where Terminal.isTerminal(.standardError), .terminal:
            FindingNote(after: TerminalProgress(title: title), isExpanded: isDebugging)
        case .automatic, .plain: FindingNote(after: PlainProgress(), isExpanded: isDebugging)
        }
    }

    /// The display of a single build.
    ///
    /// - Parameter isDebugging: Whether what checks find is explained.
    func buildRenderer(isDebugging: Bool) -> any ProgressRenderer {
        switch self {
        case .json, .raw: RawBuildProgress()
        case .automatic where Terminal.isTerminal(.standardError), .terminal:
            FindingNote(after: TerminalBuild(), isExpanded: isDebugging)
        case .automatic, .plain: FindingNote(after: PlainProgress(), isExpanded: isDebugging)
        case .quiet: SilentProgress()
        }
    }

    /// Tells why the program ends.
    func reportFatal(_ outcome: Outcome, program: String) {
        guard let message = outcome.message else { return }
        guard self != .json, self != .raw else { return JSONProgress.reportFatal(message) }
        if let preamble = outcome.preamble { Console.note(preamble.printableLines) }
        Console.note("\(outcome.preamble == nil ? program : "ERROR"): \(message.printable)")
        if let excerpt = outcome.excerpt { Console.note(excerpt.printableLines) }
    }
}
