import Containers
import Linux

extension LocalEngine {
    /// Runs a container to its end and removes it. One that fails stays, so that one can look at it.
    ///
    /// - Throws: ``EngineError/preStartFailed(container:code:output:)`` with the last of what it said.
    func runToEnd(_ request: ContainerRequest) throws {
        let container = try createContainer(request)
        try start(container.id)
        let code = try container.wait()
        guard code == 0 else {
            throw EngineError.preStartFailed(
                container: String(container.id.prefix(12)),
                code: code,
                output: try lastOutput(of: container)
            )
        }
        try remove(container.id, withAnonymousVolumes: true)
    }

    /// The last ten lines of a container's output, or their last two thousand bytes.
    private func lastOutput(of container: Container) throws -> String {
        var text = ""
        let log = ContainerLog(path: container.logPath)
        try log.read(ContainerLog.Selection(tail: 10)) { text += $0.text }
        return String(decoding: text.utf8.suffix(2000), as: UTF8.self)
    }
}
