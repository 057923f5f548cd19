import Containers
import Linux
import Networks
import Storage
import SystemPackage

/// A command of a `RUN` with all that it needs.
struct StepCommand: Sendable {
    var configuration: ContainerConfiguration
    /// The folders of the stage's layers, base first.
    var layers: [FilePath]
    /// Where changes go.
    var upper: FilePath
    /// An empty folder on the same file system.
    var work: FilePath
    var network: BuildRequest.Network
    /// `name:address`
    var extraHosts: [String]
}

/// Runs the commands of a build.
protocol StepRunner: Sendable {
    /// Runs a command to its end.
    ///
    /// - Returns: The exit status, or 128 plus a signal's number.
    func run(_ command: StepCommand, output: FileDescriptor) throws -> Int32

    /// Undoes what a command left whose build was killed.
    func clear(_ id: String) throws

    /// Lets go of what was made for all commands together, unless others use it.
    func finish() throws
}

/// Runs commands in containers of their own, which nobody watches and which leave nothing.
struct SandboxRunner: StepRunner {
    private let sandbox: Sandbox
    private let networks: NetworkStore

    init(root: StateRoot, programs: FilePath?) {
        sandbox = Sandbox(root: root, programs: programs)
        networks = NetworkStore(root: root)
    }

    func run(_ command: StepCommand, output: FileDescriptor) throws -> Int32 {
        let attachment = try attach(command)
        defer { if let attachment { try? networks.detach(attachment) } }
        return try sandbox.run(
            command.configuration,
            layers: command.layers,
            upper: command.upper,
            work: command.work,
            network: try preparation(command, attachment),
            output: output
        )
    }

    func finish() throws {
        try networks.removeIfIdle("bridge")
    }

    func clear(_ id: String) throws {
        try sandbox.clear(id)
        try networks.release(container: id)
    }

    /// The network of the command; nil is the host's own.
    private func attach(_ command: StepCommand) throws -> NetworkAttachment? {
        guard command.network != .host else { return nil }
        let names = command.network == .default ? ["bridge"] : []
        return try networks.attach(
            AttachmentRequest(
                containerID: command.configuration.id,
                containerName: command.configuration.name,
                hostname: command.configuration.hostname,
                endpoints: names.map { AttachmentRequest.EndpointRequest(network: $0) }
            )
        )
    }

    private func preparation(
        _ command: StepCommand,
        _ attachment: NetworkAttachment?
    ) throws -> NetworkPreparation {
        guard let attachment else { return try hostPreparation(command) }
        return NetworkPreparation(
            namespace: attachment.namespace,
            hosts: try attachment.hosts(hostname: command.configuration.hostname, extraHosts: command.extraHosts),
            resolverConfiguration: attachment.resolverConfiguration()
        )
    }

    /// On the host's network its own files hold.
    private func hostPreparation(_ command: StepCommand) throws -> NetworkPreparation {
        var hosts = String(decoding: (try? WholeFile.read("/etc/hosts")) ?? [], as: UTF8.self)
        for extra in command.extraHosts {
            guard let cut = extra.firstIndex(where: { $0 == ":" || $0 == "=" }) else { continue }
            let address = extra[extra.index(after: cut)...]
            hosts += "\(address == "host-gateway" ? "127.0.0.1" : address)\t\(extra[..<cut])\n"
        }
        return NetworkPreparation(
            namespace: nil,
            hosts: hosts,
            resolverConfiguration: ResolverConfiguration.host().text
        )
    }
}
