import OCI

/// What the instructions of the stages do.
struct StageChecks {
    let document: DockerfileDocument
    let surroundings: CheckSurroundings

    func run(_ log: inout CheckLog) {
        var walked: [Int: StageWalk] = [:]
        for stage in document.stages where surroundings.stages?.contains(stage.index) ?? true {
            var walk = start(of: stage, walked, &log)
            for located in triggers(of: stage, walked) + stage.instructions { walk.take(located, &log) }
            walked[stage.index] = walk
        }
    }

    /// Where a stage begins: where the one that it continues has come to, or at an image.
    private func start(of stage: Stage, _ walked: [Int: StageWalk], _ log: inout CheckLog) -> StageWalk {
        if let parent = parent(of: stage) {
            if let walk = walked[parent] { return StageWalk(continuing: walk) }
            return StageWalk(document, surroundings, base: nil)
        }
        let base = self.base(of: stage)
        if let base { checkPlatform(of: base, stage, &log) }
        return StageWalk(document, surroundings, base: base)
    }

    private func triggers(of stage: Stage, _ walked: [Int: StageWalk]) -> [LocatedInstruction] {
        let texts = parent(of: stage).map { walked[$0]?.triggers ?? [] } ?? base(of: stage)?.triggers ?? []
        return (try? document.triggers(texts, at: stage.from.range)) ?? []
    }

    private func image(of stage: Stage) -> String? { try? surroundings.variables.expander.expand(stage.from.image) }

    private func base(of stage: Stage) -> CheckSurroundings.Base? {
        image(of: stage).flatMap { $0 == "scratch" ? nil : surroundings.base($0, platform(of: stage)) }
    }

    /// What the stage is for.
    private func platform(of stage: Stage) -> Platform {
        let asked = stage.from.platform.flatMap { text in
            (try? surroundings.variables.expander.expand(text)).flatMap { try? Platform(parsing: $0) }
        }
        return asked ?? surroundings.platform
    }

    private func parent(of stage: Stage) -> Int? {
        guard let image = image(of: stage), !surroundings.contexts.contains(image) else { return nil }
        return document.stages[..<stage.index].last { $0.from.name == ASCII.lowercased(image) }?.index
    }

    private func checkPlatform(of base: CheckSurroundings.Base, _ stage: Stage, _ log: inout CheckLog) {
        let (expected, actual) = (platform(of: stage), base.platform)
        guard expected.os != actual.os || expected.architecture != actual.architecture else { return }
        let image = image(of: stage) ?? stage.from.image
        let detail =
            "Base image \(image) was pulled with platform \(quoted("\(actual)")), expected \(quoted("\(expected)")) for "
            + "current build"
        log.note(.invalidBaseImagePlatform, detail, stage.from)
    }
}
