import Dockerfile
import OCI

/// What a stage starts from.
struct StageBase {
    let image: ImageConfiguration
    /// The stage that it continues.
    let parent: StageState?
    /// What the stage is for.
    let platform: Platform

    /// Finds it. The stages that are needed must be complete.
    init(of node: BuildGraph.Node, in session: BuildSession) throws {
        let asked = node.platform ?? session.target
        if case .stage(let index) = node.base, let parent = session.result(of: index) {
            self.init(image: parent.image, parent: parent, platform: parent.platform)
        } else {
            let image = try session.image(node.base, for: asked)?.configuration
            self.init(image: image ?? ImageConfiguration(platform: asked), parent: nil, platform: asked)
        }
    }

    private init(image: ImageConfiguration, parent: StageState?, platform: Platform) {
        self.image = image
        self.parent = parent
        self.platform = platform
    }
}
