import Builder
import Linux
import OCI

extension BuildRequest {
    /// What becomes of the result.
    mutating func setOutputs(_ arguments: Arguments, _ session: Session) throws {
        let texts = arguments[BuildFlag.output].filter { !$0.isEmpty }
        outputs = try texts.map { try BuildOutput(parsing: $0, from: OwnProcess.currentFolder) }
        annotations = try arguments[BuildFlag.annotation].flatMap { try AnnotationWish.parse($0) }
        cacheSources = try arguments[BuildFlag.cacheFrom].map {
            try CacheSource(parsing: $0, from: OwnProcess.currentFolder)
        }
        cacheTargets = try arguments[BuildFlag.cacheTo].map {
            try CacheTarget(parsing: $0, from: OwnProcess.currentFolder)
        }
        if arguments[BuildFlag.push] { push() }
        if arguments[BuildFlag.load], !outputs.contains(where: \.isImage) {
            outputs.append(.image(ImageWishes(), pushed: nil))
        }
        takeEpoch(from: session.environment)
    }

    /// Has the image that there is brought to its registry, or else a further one.
    private mutating func push() {
        guard let place = outputs.firstIndex(where: \.isImage), case .image(let wishes, let pushed) = outputs[place]
        else {
            return outputs.append(.image(ImageWishes(), pushed: .byName))
        }
        outputs[place] = .image(wishes, pushed: pushed ?? .byName)
    }
}

extension BuildOutput {
    fileprivate var isImage: Bool {
        if case .image = self { true } else { false }
    }
}
