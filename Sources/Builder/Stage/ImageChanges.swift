import Dockerfile
public import OCI

/// Instructions that say how an image is to be run: what `--change` of `import` and `commit` takes.
public struct ImageChanges {
    private let instructions: [Instruction]
    private let variables: GlobalVariables?

    /// - Throws: `DockerfileError` for what is no instruction.
    public init(_ lines: [String]) throws {
        guard !lines.isEmpty else {
            (instructions, variables) = ([], nil)
            return
        }
        let text = "FROM scratch\n" + lines.map { "\($0)\n" }.joined()
        let document = try DockerfileDocument(parsing: Array(text.utf8), file: "--change")
        variables = try GlobalVariables(document, given: [:], platform: [:])
        instructions = document.stages.flatMap(\.instructions).map(\.instruction)
    }

    /// Makes the changes, which see the variables that are there and those of each other.
    ///
    /// - Throws: ``BuilderError`` for an instruction that does not belong here.
    public func apply(to configuration: inout RunConfiguration) throws {
        guard let variables else { return }
        var state = StageState(changing: configuration, variables)
        for instruction in instructions { try apply(instruction, to: &state) }
        configuration = state.image.config
    }

    private func apply(_ instruction: Instruction, to state: inout StageState) throws {
        switch instruction {
        case .workdir(let path): try state.changeDirectory(path)
        case .arg, .maintainer, .shell, .run, .copy, .add:
            throw BuilderError(.other("\(instruction.keyword) is not a valid change command"))
        default: _ = try state.apply(instruction)
        }
    }
}
