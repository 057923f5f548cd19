import Glibc
import Testing

/// Sets a stage with the busybox image, plays on it, and clears it away.
///
/// - Parameter scenario: a folder of `Scenarios`; nil for an empty one; a path for a folder anywhere.
func onStage(
    _ scenario: String? = nil,
    at location: SourceLocation = #_sourceLocation,
    _ play: (Stage) throws -> Void
) throws {
    let before = Traces.current()
    let stage = try Stage(copying: scenario)
    defer { stage.strike() }
    try stage.importBusybox()
    do { try play(stage) } catch {
        stage.clear()
        throw error
    }
    stage.clear()
    let left = stage.leaks(since: before)
    #expect(left.isEmpty, "left behind: \(left.joined(separator: "\n"))", sourceLocation: location)
}

extension Stage {
    fileprivate init(copying scenario: String?) throws {
        var template = Array("/tmp/tutti-e2e-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StageError("mkdtemp: \(String(cString: strerror(errno)))") }
        let base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        root = base + "/root"
        folder = base + "/" + (scenario?.split(separator: "/").last.map(String.init) ?? "work")
        programs = base + "/bin"
        mkdir(root, 0o755)
        mkdir(programs, 0o755)
        for name in ["tutti", "docker", "docker-compose"] { symlink("\(Programs.folder)/tutti", "\(programs)/\(name)") }
        guard let scenario else {
            mkdir(folder, 0o755)
            return
        }
        let source = scenario.hasPrefix("/") ? scenario : "\(Programs.scenarios)/\(scenario)"
        let copied = try Program(path: "/bin/cp", arguments: ["-a", source, folder], environment: [:], folder: "/")
            .run()
        guard copied.code == 0 else { throw StageError(copied.description) }
    }

    fileprivate func importBusybox() throws {
        let imported = try docker(
            "image",
            "import",
            "--change",
            "CMD [\"sh\"]",
            try Busybox.archive.get(),
            "busybox:latest"
        )
        guard imported.code == 0 else { throw StageError(imported.description) }
    }

    /// Takes down all that the test may have left, by the commands a user has for it.
    fileprivate func clear() {
        _ = try? compose("down", "--volumes", "--remove-orphans", "--timeout", "0")
        remove(["ps", "--all", "--quiet"], ["rm", "--force", "--volumes"])
        remove(["network", "ls", "--quiet", "--filter", "type=custom"], ["network", "rm"])
        remove(["volume", "ls", "--quiet"], ["volume", "rm"])
    }

    private func remove(_ list: [String], _ removal: [String]) {
        guard let found = try? program("docker", list, [:]).run(), found.code == 0, !found.lines.isEmpty else { return }
        _ = try? program("docker", removal + found.lines.map(String.init), [:]).run()
    }

    /// Ends and removes whatever is still there, by force.
    fileprivate func strike() {
        for pid in Traces.processes(of: root) { kill(pid, SIGKILL) }
        _ = eventually(within: 2) { Traces.processes(of: root).isEmpty }
        for point in Traces.mounts(below: root).reversed() { umount2(point, Int32(MNT_DETACH)) }
        for name in defaultBridge() {
            let words = name.hasPrefix("table") ? ["/usr/sbin/nft", "delete"] : ["/usr/sbin/ip", "link", "delete"]
            let removal = words + name.split(separator: " ").map(String.init)
            _ = try? program(removal[0], Array(removal.dropFirst()), [:]).run()
        }
        let base = String(root.dropLast("/root".count))
        _ = try? Program(path: "/bin/rm", arguments: ["-rf", "--one-file-system", base], environment: [:], folder: "/")
            .run()
    }
}

/// A tar archive of a root with the machine's busybox, made once for all tests.
private enum Busybox {
    static let archive = Result<String, any Error> {
        let path = "/tmp/tutti-e2e-busybox-\(getpid()).tar"
        let script = "\(Programs.repository)/compose-samples/base-images"
        let outcome = try Program(
            path: "/bin/sh",
            arguments: ["-c", "exec '\(script)' --archive busybox > '\(path)'"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            folder: "/"
        ).run()
        guard outcome.code == 0 else { throw StageError(outcome.description) }
        atexit { unlink("/tmp/tutti-e2e-busybox-\(getpid()).tar") }
        return path
    }
}
