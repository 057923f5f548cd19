import ComposeSpec
import JSON

/// Where the values of a project are from, as `config --explain` prints it.
struct ExplanationListing {
    let loaded: LoadedProject

    /// The explanations at some paths and below them, or all. A service's name stands for its path.
    private func chosen(_ paths: [String]) throws -> [Explanation] {
        guard !paths.isEmpty else { return loaded.explanations }
        return try paths.flatMap { path -> [Explanation] in
            let found = loaded.explanations(at: path)
            guard found.isEmpty else { return found }
            let ofService = loaded.explanations(at: "services.\(path)")
            guard ofService.isEmpty else { return ofService }
            let nearest = loaded.nearestPath(to: path).map { ", did you mean \($0.quoted)?" } ?? ""
            throw Failure("nothing is at \(path.quoted)\(nearest)")
        }
    }

    func text(_ paths: [String]) throws -> String {
        try chosen(paths).map { explanation in
            let lines = [Self.headline(explanation)] + Self.details(explanation).map { "    \($0)" }
            return lines.map { $0.printable + "\n" }.joined()
        }.joined()
    }

    private static func headline(_ explanation: Explanation) -> String {
        explanation.origin == .takenAway ? explanation.path : "\(explanation.path) = \(explanation.value)"
    }

    private static func details(_ explanation: Explanation) -> [String] {
        var lines: [String] = []
        switch explanation.origin {
        case .written: lines.append("from \(explanation.place)" + (explanation.text.map { ": \($0)" } ?? ""))
        case .implied: lines.append("by default, since \(explanation.place)")
        case .takenAway: lines.append("taken away by !reset at \(explanation.place)")
        }
        lines += explanation.variables.flatMap(details)
        lines += explanation.overridden.map { "over \($0.value) of \($0.place)" }
        return lines
    }

    private static func details(_ variable: ExplainedVariable) -> [String] {
        guard let winner = variable.assignments.first else { return ["\(variable.name) is not set"] }
        return ["\(variable.name) = \(winner.value.quoted) from \(name(winner.origin))"]
            + variable.assignments.dropFirst().map { "    not \($0.value.quoted) of \(name($0.origin))" }
    }

    private static func name(_ origin: VariableOrigin) -> String {
        switch origin {
        case .process: "the shell"
        case .file(let place): place.description
        case .projectName: "the project's name"
        }
    }

    func json(_ paths: [String]) throws -> String {
        let values = try chosen(paths).map(Self.json)
        return String(decoding: JSONValue.array(values).bytes(indentation: 2), as: UTF8.self) + "\n"
    }

    private static func json(_ explanation: Explanation) -> JSONValue {
        let origin =
            switch explanation.origin {
            case .written: "written"
            case .implied: "default"
            case .takenAway: "reset"
            }
        return [
            "path": .string(explanation.path), "value": .string(explanation.value), "origin": .string(origin),
            "place": .string(explanation.place.description), "text": explanation.text.map { .string($0) } ?? .null,
            "variables": .array(explanation.variables.map(json)),
            "overrides": .array(
                explanation.overridden.map { lost in
                    ["value": .string(lost.value), "place": .string(lost.place.description)]
                }
            ),
        ]
    }

    private static func json(_ variable: ExplainedVariable) -> JSONValue {
        [
            "name": .string(variable.name),
            "values": .array(
                variable.assignments.map { assignment in
                    ["value": .string(assignment.value), "from": .string(name(assignment.origin))]
                }
            ),
        ]
    }
}
