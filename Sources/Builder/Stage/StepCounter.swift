import OCI

/// Numbers the steps of a stage, and says what they belong to.
struct StepCounter {
    /// The stage's name; nil where there is only one.
    let stage: String?
    /// What is built for; nil where that goes without saying.
    let target: Platform?
    let count: Int

    /// The step as progress shows it: `[linux/amd64->arm64 web 2/5] RUN make`.
    func step(_ number: Int, _ text: String, of state: StageState) -> BuildStep {
        let label = [target.map(state.platforms), stage].compactMap(\.self)
        return BuildStep(
            stage: label.isEmpty ? nil : label.joined(separator: " "),
            number: number,
            count: count,
            text: text
        )
    }
}

extension StageState {
    /// The platform of the stage, and the other one that it was told to build for.
    fileprivate func platforms(buildingFor target: Platform) -> String {
        let names: Set = ["TARGETPLATFORM", "TARGETOS", "TARGETARCH"]
        let isTold = variables.arguments.contains { names.contains($0.name) }
        guard isTold, (platform.os, platform.architecture) != (target.os, target.architecture) else {
            return "\(platform)"
        }
        guard platform.os == target.os else { return "\(platform)->\(target)" }
        let parts = [target.architecture] + (target.variant.map { [$0] } ?? [])
        return "\(platform)->\(parts.joined(separator: "/"))"
    }
}
