public import Dockerfile

extension Builder {
    /// What the target of a build can be told, and the file.
    public static func outline(
        of request: BuildRequest
    ) throws -> (outline: BuildOutline, document: DockerfileDocument) {
        let document = try DockerfileText(request).document
        let target = try request.targets[0]
        let variables = try GlobalVariables(document, of: request, for: target)
        let graph = try BuildGraph(document, variables, of: request, for: target, images: nil)
        let others = graph.nodes.keys.filter { $0 != graph.target }.sorted(by: >)
        return (document.outline(of: [graph.target] + others, variables: variables), document)
    }

    /// The file of a build, whose stages are what may be its target.
    public static func targets(of request: BuildRequest) throws -> DockerfileDocument {
        try DockerfileText(request).document
    }
}
