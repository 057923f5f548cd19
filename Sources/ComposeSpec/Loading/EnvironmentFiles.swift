import YAML

/// Reads files of variables, and says which one is wrong.
struct EnvironmentFiles {
    let source: DocumentSource

    /// The variables of a file over `earlier` ones. The place is where the file is named, if it is.
    func variables(
        in path: String,
        earlier: [String: String] = [:],
        isRaw: Bool = false,
        place: (path: NodePath, node: Node)? = nil,
        lookup: (String) -> String?
    ) throws(LoadError) -> [String: String] {
        let bytes: [UInt8]
        do throws(LoadError) {
            bytes = try source.reading.contents(of: path)
        } catch {
            guard case .unreadable(_, let errno) = error.problem else { throw error }
            let problem =
                errno == .noSuchFileOrDirectory
                ? LoadProblem.environmentFile("env file \(path) not found") : error.problem
            throw LoadError(problem, path: place?.path.description ?? "", at: place?.node.mark)
        }
        do throws(EnvironmentFile.Failure) {
            return try isRaw
                ? EnvironmentFile.rawVariables(in: bytes, earlier: earlier, lookup: lookup)
                : EnvironmentFile.variables(in: bytes, earlier: earlier, lookup: lookup)
        } catch {
            let mark = Mark(file: source.file(path).displayName, line: error.line, column: 1)
            throw LoadError(.environmentFile(error.text), at: mark)
        }
    }
}
