import Dockerfile
import Images
import OCI

extension Builder {
    /// Makes the checks of a build, and builds nothing: of all stages, or of those that the target needs.
    ///
    /// - Throws: `DockerfileError` for a file that cannot be read, ``BuilderError`` for a request that cannot be met.
    public func check(_ request: BuildRequest) throws -> BuildChecks {
        let dockerfile = try DockerfileText(request)
        let target = try request.targets[0]
        let variables = try GlobalVariables(dockerfile.document, of: request, for: target)
        let images = BaseImages(images, of: request)
        let work = CheckWork(
            request: request,
            target: target,
            document: dockerfile.document,
            variables: variables,
            contexts: ContextTrees(request: request, dockerfile: dockerfile, cache: try BuildCache(root)),
            images: images
        )
        guard request.target != nil else { return try work.run(stages: nil) }
        let graph = try BuildGraph(dockerfile.document, variables, of: request, for: target, images: images)
        return try work.run(stages: Set(graph.nodes.keys))
    }
}
