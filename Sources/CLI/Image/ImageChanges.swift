import Dockerfile
import OCI

/// `--change`: instructions that say how an image is to be run.
struct ImageChanges {
    private let instructions: [Instruction]

    /// - Throws: `DockerfileError` for what is no instruction.
    init(_ lines: [String]) throws {
        guard !lines.isEmpty else {
            instructions = []
            return
        }
        let text = "FROM scratch\n" + lines.map { "\($0)\n" }.joined()
        let document = try DockerfileDocument(parsing: Array(text.utf8), file: "--change")
        instructions = document.stages.flatMap(\.instructions).map(\.instruction)
    }

    /// Makes the changes.
    ///
    /// - Throws: ``UsageError`` for an instruction that does not belong here.
    func apply(to configuration: inout RunConfiguration) throws {
        for instruction in instructions { try apply(instruction, to: &configuration) }
    }

    private func apply(_ instruction: Instruction, to configuration: inout RunConfiguration) throws {
        let expander = WordExpander(variables: [:])
        switch instruction {
        case .cmd(let command): configuration.cmd = Self.arguments(command)
        case .entrypoint(let command): configuration.entrypoint = Self.arguments(command)
        case .env(let pairs):
            for pair in pairs {
                let name = try expander.expand(pair.name)
                configuration.env.removeAll { $0.hasPrefix("\(name)=") }
                configuration.env.append("\(name)=\(try expander.expand(pair.value))")
            }
        case .expose(let ports):
            let ports = ports.map { $0.contains("/") ? $0 : "\($0)/tcp" }
            configuration.exposedPorts = Set(configuration.exposedPorts + ports).sorted()
        case .label(let pairs):
            for pair in pairs {
                configuration.labels[try expander.expand(pair.name)] = try expander.expand(pair.value)
            }
        case .stopsignal(let signal): configuration.stopSignal = try expander.expand(signal)
        case .user(let user): configuration.user = try expander.expand(user)
        case .volume(let paths):
            let paths = try paths.map { try expander.expand($0) }
            configuration.volumes = Set(configuration.volumes + paths).sorted()
        case .workdir(let path): configuration.workingDir = try expander.expand(path)
        default: throw UsageError.conflict("\(instruction.keyword) is not a valid change command")
        }
    }

    private static func arguments(_ command: Dockerfile.Command) -> [String] {
        switch command {
        case .exec(let words): words
        case .shell(let text): ["/bin/sh", "-c", text]
        }
    }
}
