import Containers
import Linux
import SystemPackage

extension LocalEngine {
    /// Runs a hook to its end; what it prints is reported line by line.
    func run(_ hook: Hook, in container: ContainerIdentity, _ progress: @escaping @Sendable (Event) -> Void) throws {
        var request = ExecRequest(arguments: hook.command)
        request.environment = hook.environment
        request.user = hook.user
        request.workingDirectory = hook.workingDirectory
        request.isPrivileged = hook.isPrivileged
        let pipe = try FileDescriptor.closeOnExecPipe()
        defer { try? pipe.reading.close() }
        let command = try {
            defer { try? pipe.writing.close() }
            let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
            defer { try? null.close() }
            return try containers.find(container.id).execute(
                request,
                input: null,
                output: pipe.writing,
                error: pipe.writing
            )
        }()
        try report(pipe.reading) { progress(Event(.hook(container: container.name), .progress, details: $0)) }
        let code = try command.wait()
        guard code == 0 else {
            throw EngineError.hookFailed(moment: hook.moment.rawValue, container: container.name, code: code)
        }
    }

    /// Hands over each line that comes, the last one also without an end.
    private func report(_ descriptor: FileDescriptor, _ line: (String) -> Void) throws {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let count = try descriptor.readAvailable(into: &buffer), count > 0 {
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    }
}
