import JSON

/// Prints everything about objects: an array, or a line each by a template.
struct Inspection {
    private let format: String

    init(format: String) {
        self.format = format
    }

    /// Looks each name up and prints what was found; names that were not are told of in the end.
    ///
    /// - Returns: what to exit with.
    func print(_ names: [String], _ find: (String) throws -> JSONValue) throws -> Int32 {
        var found: [JSONValue] = []
        var problems: [String] = []
        for name in names {
            do { found.append(try find(name)) } catch { problems.append(Outcome(of: error).message ?? "") }
        }
        try Console.print(text(found))
        for problem in problems { Console.note("Error: \(problem.printable)") }
        return problems.isEmpty ? 0 : 1
    }

    private func text(_ values: [JSONValue]) throws(TemplateError) -> String {
        switch format {
        case "": return String(decoding: JSONValue.array(values).bytes(indentation: 4), as: UTF8.self) + "\n"
        case "json": return JSONValue.array(values).description + "\n"
        default:
            let template = try Template(parsing: format)
            var text = ""
            for value in values { text += try template.render(value) + "\n" }
            return text
        }
    }
}
