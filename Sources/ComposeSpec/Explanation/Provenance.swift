import YAML

/// Remembers what happened to values on their way into the project.
///
/// Values are told apart by the place they are written at, and by their path, because an anchor or an extended
/// service brings one place to several paths.
final class Provenance {
    /// Variables that were put into a text.
    struct Substitution {
        /// What was written.
        var text: String
        /// What the variables in it stood for, each with what lost against it.
        var variables: [ExplainedVariable]
    }

    /// A value that another one took the place of.
    struct Loss {
        var value: Node
        /// Where the winner is written; nil when a tag took the value away, whatever came instead.
        var winner: Mark?
    }

    /// What was taken away with `!reset`, and where.
    private(set) var resets: [(path: String, place: Mark)] = []
    private var substitutions: [Mark: Substitution] = [:]
    private var losses: [String: [Loss]] = [:]
    private var readFromFiles: Set<String> = []
    /// The tree before anything was added that nobody wrote.
    var written = Node(.mapping(Mapping()), at: Mark(file: "", line: 1, column: 1))

    func substituted(_ names: [String], in text: String, at place: Mark, history: VariableHistory) {
        var variables: [ExplainedVariable] = []
        for name in names where !variables.contains(where: { $0.name == name }) {
            variables.append(ExplainedVariable(name: name, assignments: history.assignments(of: name)))
        }
        substitutions[place] = Substitution(text: text, variables: variables)
    }

    func replaced(_ loser: Node, by winner: Node, at path: NodePath) {
        guard loser.mark != winner.mark, !loser.isNull else { return }
        losses[path.description, default: []].append(Loss(value: loser, winner: winner.mark))
    }

    func removed(_ loser: Node, by removal: OverrideTags.Removal, at path: NodePath) {
        let path = path.description
        losses[path, default: []].append(Loss(value: loser, winner: nil))
        if removal.isReset { resets.append((path, removal.place)) }
    }

    /// A value from a file of variables, which no document has.
    func readFromFile(_ path: NodePath) { readFromFiles.insert(path.description) }

    func isReadFromFile(_ path: String) -> Bool { readFromFiles.contains(path) }

    func substitution(at place: Mark) -> Substitution? { substitutions[place] }

    /// What lost at a path against the value that is written at `place`, the latest first.
    func losses(at path: String, against place: Mark?) -> [Node] {
        let all = losses[path] ?? []
        var found = all.filter { $0.winner == nil }.map(\.value)
        var seen = Set([place].compactMap { $0 })
        var winners = Array(seen)
        while let winner = winners.popLast() {
            for loss in all.reversed() where loss.winner == winner && seen.insert(loss.value.mark).inserted {
                found.append(loss.value)
                winners.append(loss.value.mark)
            }
        }
        return found
    }
}
