public import Dockerfile
import Images
import OCI

/// What the checks say about the Dockerfile of a build.
public struct BuildChecks: Sendable {
    /// The file.
    public let document: DockerfileDocument
    /// What was found, in the order of the lines.
    public let findings: [CheckFinding]
    /// Whether the file asks for findings to be errors.
    public let areErrors: Bool
}

/// Something that was found, with the file that it stands in.
public struct CheckNotice: Hashable, Sendable {
    /// What was found.
    public let finding: CheckFinding
    /// The file.
    public let document: DockerfileDocument

    /// The value of these parts.
    public init(finding: CheckFinding, document: DockerfileDocument) {
        self.finding = finding
        self.document = document
    }
}

/// What the checks want to know of a build.
struct CheckWork {
    let request: BuildRequest
    let target: Platform
    let document: DockerfileDocument
    let variables: GlobalVariables
    let contexts: ContextTrees
    let images: BaseImages

    /// Makes the checks.
    ///
    /// - Parameter stages: those that are built; nil is all of the file.
    func run(stages: Set<Int>?) throws -> BuildChecks {
        let settings = try self.settings
        let surroundings = CheckSurroundings(
            variables: variables,
            platform: target,
            stages: stages,
            ignored: document.readsContext ? try contexts.main().ignored : .none,
            contexts: Set(request.namedContexts.keys),
            base: { base(named: $0, for: $1) }
        )
        return BuildChecks(
            document: document,
            findings: document.findings(in: surroundings, settings: settings),
            areErrors: settings.areErrors
        )
    }

    /// What the build argument says, or else the file.
    private var settings: CheckSettings {
        get throws {
            guard let text = request.arguments["BUILDKIT_DOCKERFILE_CHECK"] else { return try document.checkSettings }
            do {
                return try CheckSettings(parsing: text)
            } catch {
                throw BuilderError(.other("BUILDKIT_DOCKERFILE_CHECK: \(error)"))
            }
        }
    }

    private func base(named name: String, for platform: Platform) -> CheckSurroundings.Base? {
        guard let configuration = (try? images.base(name, for: platform))?.configuration else { return nil }
        return CheckSurroundings.Base(
            platform: configuration.platform,
            environment: configuration.config.env.map(Pair.init(assignment:)),
            namesShell: configuration.config.shell?.isEmpty == false,
            triggers: configuration.config.onBuild
        )
    }
}

extension DockerfileDocument {
    /// Whether some instruction copies from the build context.
    fileprivate var readsContext: Bool {
        stages.flatMap(\.instructions).contains { located in
            switch located.instruction {
            case .copy(let copy): copy.from == nil && !copy.sources.isEmpty
            case .add(let add): !add.files.sources.isEmpty
            default: false
            }
        }
    }
}

extension BuildSession {
    /// The checks of the stages that this build needs.
    func checks() throws -> BuildChecks {
        let work = CheckWork(
            request: request,
            target: target,
            document: document,
            variables: variables,
            contexts: contexts,
            images: shared.bases
        )
        return try work.run(stages: Set(graph.nodes.keys))
    }
}
