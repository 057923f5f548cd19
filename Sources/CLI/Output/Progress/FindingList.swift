import Builder
import Dockerfile

/// What the checks of builds have found, as it is listed when the builds are over.
struct FindingList {
    private var notices: [CheckNotice] = []

    /// Takes in what happened, if it is a finding; what several builds find at one place is listed once.
    mutating func take(_ event: BuildEvent) {
        guard case .found(let notice) = event, !notices.contains(notice) else { return }
        notices.append(notice)
    }

    /// The list; nil where nothing was found.
    ///
    /// - Parameter isExpanded: Whether each finding is explained and shown in its place, as `--debug` asks.
    func text(isExpanded: Bool) -> String? {
        guard !notices.isEmpty else { return nil }
        let count = notices.count == 1 ? "1 warning found" : "\(notices.count) warnings found"
        let lines = notices.map { notice in
            let line = " - \(notice.finding.summary.printable)"
            return isExpanded ? "\(line)\n\(notice.explanation)\n" : line
        }
        return (["\n \(count)\(isExpanded ? "" : " (use docker --debug to expand)"):"] + lines).joined(separator: "\n")
    }
}

extension CheckNotice {
    /// What the rule asks for, where more is said, and the lines.
    fileprivate var explanation: String {
        let more = finding.rule.url.map { ["More info: \($0)"] } ?? []
        return ([finding.rule.summary] + more + [place]).joined(separator: "\n")
    }

    /// The lines that it is about, below the name of their file.
    var place: String {
        let rule = "--------------------"
        let lines = document.excerpt(of: finding.range).printableLines
        return ["\(document.file.printable):\(finding.range.start.line)", rule, lines, rule].joined(separator: "\n")
    }
}
