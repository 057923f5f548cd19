import Dockerfile

/// The command line that a `RUN` comes to.
struct RunCommand: Hashable {
    /// What is executed.
    let arguments: [String]
    /// A heredoc that is a script of its own: its path in the container, and its text.
    var script: Script?

    /// A file that exists while the command runs.
    struct Script: Hashable {
        let path: String
        let text: String
    }

    /// Puts shell, command and heredocs together.
    init(_ run: Run, shell: [String]) {
        guard case .shell(let text) = run.command else {
            if case .exec(let words) = run.command { arguments = words } else { arguments = [] }
            return
        }
        guard !run.heredocs.isEmpty else {
            arguments = shell + [text]
            return
        }
        guard let only = Self.onlyHeredoc(of: run, text: text) else {
            arguments = shell + [text + run.heredocs.map { "\n\($0.body)\($0.name)" }.joined()]
            return
        }
        guard only.content.hasPrefix("#!") else {
            arguments = shell + [only.content]
            return
        }
        let script = Script(path: "/dev/pipes/\(only.name)", text: only.content)
        arguments = [script.path]
        self.script = script
    }

    /// The heredoc, when the command is nothing but one.
    private static func onlyHeredoc(of run: Run, text: String) -> Heredoc? {
        guard run.heredocs.count == 1, !text.utf8.contains(where: { $0 == 0x20 || $0 == 0x09 }) else { return nil }
        return text.hasPrefix("<<") && !text.contains(";") && !text.contains("|") ? run.heredocs.first : nil
    }
}
