import YAML

/// Reads files of variables, and says which one is wrong.
struct EnvironmentFiles {
    let reading: FileReading

    /// The variables of a file, and the lines that say so.
    struct Contents {
        /// The variables, over those that were known before.
        var variables: [String: String]
        /// What the file's own lines say, in order.
        var assignments: [VariableAssignment]

        /// The last line about a variable.
        func place(of name: String) -> Mark? {
            guard case .file(let mark)? = assignments.last(where: { $0.name == name })?.origin else { return nil }
            return mark
        }
    }

    /// The variables of a file over `earlier` ones. The place is where the file is named, if it is.
    func contents(
        of path: String,
        earlier: [String: String] = [:],
        isRaw: Bool = false,
        place: (path: NodePath, node: Node)? = nil,
        lookup: (String) -> String?
    ) throws(LoadError) -> Contents {
        let file = reading.file(path)
        let bytes = try bytes(of: file, place: place)
        do throws(EnvironmentFile.Failure) {
            let contents =
                try isRaw
                ? EnvironmentFile.rawContents(of: bytes, earlier: earlier, lookup: lookup)
                : EnvironmentFile.contents(of: bytes, earlier: earlier, lookup: lookup)
            return Contents(
                variables: contents.variables,
                assignments: contents.assignments.map { assignment in
                    VariableAssignment(
                        name: assignment.name,
                        value: assignment.value,
                        origin: .file(Mark(file: file.displayName, assignment.position))
                    )
                }
            )
        } catch {
            throw LoadError(.environmentFile(error.text), at: Mark(file: file.displayName, error.position))
        }
    }

    private func bytes(of file: SourceFile, place: (path: NodePath, node: Node)?) throws(LoadError) -> [UInt8] {
        do throws(LoadError) {
            return try reading.contents(of: file, isNamedByUser: place == nil)
        } catch {
            guard case .unreadable(_, let errno) = error.problem else { throw error }
            let problem =
                errno == .noSuchFileOrDirectory
                ? LoadProblem.environmentFile("env file \(file.path) not found") : error.problem
            throw LoadError(problem, path: place?.path.description ?? "", at: place?.node.mark)
        }
    }
}

extension Mark {
    fileprivate init(file: String, _ position: TextPosition) {
        self.init(file: file, line: position.line, column: position.column)
    }
}
