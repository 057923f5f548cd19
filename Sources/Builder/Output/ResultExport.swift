import Images
import JSON
import Linux
import OCI
import Storage
import SystemPackage

/// Gives the result of a build out, in every way that was asked for.
struct ResultExport {
    let request: BuildRequest
    let results: [PlatformResult]
    let images: ImageStore
    let access: RegistryAccess?
    let tell: @Sendable (BuildEvent) -> Void

    func run() throws -> BuildResult {
        var outcome = BuildResult()
        for output in request.effectiveOutputs { try perform(output, &outcome) }
        if let id = outcome.identifier { tell(.finished(id.description, tags: outcome.names)) }
        return outcome
    }

    private func perform(_ output: BuildOutput, _ outcome: inout BuildResult) throws {
        switch output {
        case .image(let wishes, let pushing):
            try asStep("exporting to image") { step in
                try ImageExport(self, wishes, step).store(pushed: pushing, &outcome)
            }
        case .archive(let wishes, let archive):
            try asStep("exporting to \(archive.isForDocker ? "docker" : "oci") image format") { step in
                try ImageExport(self, wishes, step).write(archive, &outcome)
            }
        case .folder(let folder, let isSplit):
            try asStep("exporting to client directory") { _ in
                let omitted = try trees(isSplit, &outcome).fill(folder)
                guard !omitted.isEmpty else { return }
                tell(.warning("\(folder): devices are left out: \(omitted.joined(separator: ", "))"))
            }
        case .tree(let destination, let isSplit):
            try asStep("exporting to client tarball") { _ in
                let trees = try trees(isSplit, &outcome)
                try destination.write { try trees.write(to: $0) }
            }
        case .nothing: break
        }
    }

    /// The files of the result, with what is attested of them.
    private func trees(_ isSplit: Bool?, _ outcome: inout BuildResult) throws -> TreeExport {
        var trees = try TreeExport(results, isSplit: isSplit ?? request.isForSeveral)
        guard let wish = request.provenance.wishForFiles else { return trees }
        for result in results {
            let statement = Statement(
                predicateType: Provenance.predicateType,
                predicate: try provenance(wish, of: result, &outcome),
                subjects: try result.files()
            )
            trees.statements[result.platform] = statement.document().bytes(indentation: 2)
        }
        return trees
    }

    /// How a result was made. It is asked once for all outputs.
    func provenance(
        _ wish: ProvenanceWish,
        of result: PlatformResult,
        _ outcome: inout BuildResult
    ) throws -> JSONValue {
        if let known = outcome.provenance[result.platform] { return known }
        let predicate = try Provenance(result: result, wish: wish, invocation: outcome.reference).predicate()
        outcome.provenance[result.platform] = predicate
        return predicate
    }

    private func asStep(_ title: String, _ body: (BuildStep) throws -> Void) throws {
        let step = BuildStep(title)
        try step.perform(telling: tell) { try body(step) }
    }
}

extension BuildOutput.Destination {
    /// Writes what the body gives.
    func write(_ body: (@escaping ByteSink) throws -> Void) throws {
        switch self {
        case .standardOutput:
            try body { try FileDescriptor.standardOutput.writeAll($0) }
        case .file(let path):
            try WholeFile.replace(path, with: body)
        }
    }
}

extension BuildRequest {
    /// What is given out: an image of this machine where nothing is asked for.
    fileprivate var effectiveOutputs: [BuildOutput] {
        outputs.isEmpty ? [.image(ImageWishes(), pushed: nil)] : outputs
    }

    /// Whether an image is given out in an index, which may have remarks of its own.
    private func makesIndex(_ output: BuildOutput) throws -> Bool {
        switch output {
        case .image(_, let pushing): try isForSeveral || provenance.wish(leaves: pushing != nil) != nil
        case .archive(_, let archive):
            try isForSeveral || !archive.isForDocker && provenance.wish(leaves: true) != nil
        default: false
        }
    }

    /// Refuses outputs that cannot be given, before anything is built for them.
    func checkOutputs() throws {
        for tag in tags { _ = try ImageReference(parsing: tag) }
        for output in effectiveOutputs {
            if let wishes = output.wishes, try !makesIndex(output),
                (annotations + wishes.annotations).contains(where: \.level.isOfIndex)
            {
                throw BuilderError(.other("index annotations not supported for single platform export"))
            }
            switch output {
            case .archive(_, let archive) where try archive.isForDocker && isForSeveral:
                throw BuilderError(.other("docker exporter does not currently support exporting manifest lists"))
            case .image(let wishes, .some) where (wishes.names ?? tags).isEmpty:
                throw BuilderError(.other("tag is needed when pushing to registry"))
            case let output where output.isStandardOutput && Terminal.isTerminal(.standardOutput):
                throw BuilderError(.other("dest file is required: refusing to write an archive to a terminal"))
            default: break
            }
        }
        guard outputs.filter(\.isStandardOutput).count < 2 else {
            throw BuilderError(.other("only one output can be the standard output"))
        }
    }
}

extension BuildOutput {
    /// What an image is to be like; nil if none is given out.
    fileprivate var wishes: ImageWishes? {
        switch self {
        case .image(let wishes, _), .archive(let wishes, _): wishes
        default: nil
        }
    }

    /// Whether it goes to the standard output.
    public var isStandardOutput: Bool {
        switch self {
        case .tree(.standardOutput, _): true
        case .archive(_, let archive): archive.destination == .standardOutput
        default: false
        }
    }
}
