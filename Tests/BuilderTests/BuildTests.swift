import Dockerfile
import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct CopyingBuilds {
    @Test func `copy files with their modes, and nothing of their owners`() throws {
        try BuildScene.with { scene in
            try scene.write("a.txt", "a")
            try scene.write("d/b.txt", "b")
            try FileOwner.set(uid: 7, gid: 8, mode: 0o640, of: scene.context.appending("a.txt"))
            let id = try scene.build(
                "FROM scratch\nCOPY a.txt /x/\nCOPY --chown=3:4 --chmod=0600 d /y\nADD a.txt renamed"
            )
            #expect(
                try scene.listing(id) == [
                    "renamed 640 0:0", "x/ 755 0:0", "x/a.txt 640 0:0", "y/ 755 3:4", "y/b.txt 600 3:4",
                ]
            )
            #expect(try scene.configuration(id).rootfs.diffIDs.count == 3)
        }
    }

    @Test func `keep the owners that files have in another stage, unless told otherwise`() throws {
        try BuildScene.with { scene in
            try scene.write("d/f", "f")
            let id = try scene.build(
                """
                FROM scratch AS owned
                COPY --chown=7:8 d /d
                FROM scratch
                COPY --from=owned /d/f /kept
                COPY --from=owned /d /in
                COPY --from=owned --chown=9 /d/f /given
                """
            )
            #expect(try scene.listing(id) == ["given 644 9:9", "in/ 755 0:0", "in/f 644 7:8", "kept 644 7:8"])
        }
    }

    @Test func `follow links of the stage, and never out of it`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "new")
            try scene.write("tree/real/keep", "kept")
            for (name, target) in [("tree/link", "real"), ("tree/out", "../../../..\(scene.context)")] {
                #expect(try NameLink.claim(scene.context.pushing(FilePath(name)), for: target))
            }
            let id = try scene.build("FROM scratch\nCOPY tree /\nCOPY f /link/\nCOPY f /out/f")
            #expect(try scene.text("real/f", of: id) == "new")
            #expect(try scene.text("real/keep", of: id) == "kept")
            #expect(try scene.text("\(scene.context)/f", of: id) == "new")
            #expect(try WholeFile.read(scene.context.appending("f")) == Array("new".utf8))
        }
    }

    @Test func `take stages, heredocs and working directories into account`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "one")
            let id = try scene.build(
                """
                FROM scratch AS source
                WORKDIR /deep/er
                COPY f .
                FROM scratch
                ENV NAME=world
                WORKDIR /app
                COPY --from=source /deep /copied
                COPY <<hello.txt <<'raw' data/
                hello $NAME
                hello.txt
                raw $NAME
                raw
                """
            )
            #expect(
                try scene.listing(id) == [
                    "app/ 755 0:0", "app/data/ 755 0:0", "app/data/hello.txt 644 0:0", "app/data/raw 644 0:0",
                    "copied/ 755 0:0", "copied/er/ 755 0:0", "copied/er/f 644 0:0",
                ]
            )
            #expect(try scene.text("app/data/hello.txt", of: id) == "hello world\n")
            #expect(try scene.text("app/data/raw", of: id) == "raw $NAME\n")
        }
    }

    @Test func `leave out what the ignore file names`() throws {
        try BuildScene.with { scene in
            for path in ["a", "b.log", "d/c.log", "d/keep.log"] { try scene.write(path, path) }
            try scene.write(".dockerignore", "**/*.log\n!d/keep.log\n.dockerignore")
            let id = try scene.build("FROM scratch\nCOPY . /")
            #expect(try scene.listing(id).map { $0.split(separator: " ")[0] } == ["a", "d/", "d/keep.log"])
        }
    }

    @Test func `find the file, and the ignore file that belongs to it, though neither takes part`() throws {
        try BuildScene.with { scene in
            for path in ["a", "b", "c/x", "c/y"] { try scene.write(path, path) }
            try scene.write(".dockerignore", "*")
            try scene.write("dockerfile", "FROM scratch\nCOPY . /")
            #expect(try scene.listing(scene.build("") { $0.dockerfile = nil }).isEmpty)
            try scene.write("Dockerfile", "FROM scratch\nCOPY c /")
            try scene.write("Dockerfile.dockerignore", "**/y\nDockerfile*")
            #expect(try scene.listing(scene.build("") { $0.dockerfile = nil }) == ["x 644 0:0"])
            try scene.write("c/.dockerignore", "x\n.dockerignore")
            let id = try scene.build("FROM scratch\nCOPY --from=named . /") { request in
                request.namedContexts["named"] = .folder(scene.context.appending("c"))
            }
            #expect(try scene.listing(id) == ["y 644 0:0"])
        }
    }

    @Test func `name arguments that nothing declares, and frontends that are not run`() throws {
        try BuildScene.with { scene in
            try scene.build("ARG A\nFROM scratch\nARG B") {
                $0.arguments = [
                    "A": "", "B": "", "D": "", "C": "", "http_proxy": "", "BUILDKIT_INLINE_CACHE": "1",
                    "BUILDKIT_SYNTAX": "some/frontend",
                ]
            }
            #expect(
                scene.story == [
                    "warning: syntax some/frontend: frontends are not run, the built-in parser reads the file",
                    "warning: One or more build-args [C D] were not consumed",
                ]
            )
        }
    }

    @Test func `unpack archives that are added, and do not unpack those that are copied`() throws {
        try BuildScene.with { scene in
            try scene.write("t/x", "x")
            let layered = try scene.build("FROM scratch\nCOPY --chown=5:6 t /t")
            var tar: [UInt8] = []
            try scene.layers.writeTar(of: scene.configuration(layered).rootfs.diffIDs[0]) { tar += $0 }
            try WholeFile.replace(scene.context.appending("t.tar"), with: tar, isDurable: false, mode: 0o644)
            let id = try scene.build("FROM scratch\nADD t.tar /in\nADD --chown=1:1 t.tar /own/\nCOPY t.tar /as-is")
            #expect(
                try scene.listing(id) == [
                    "as-is 644 0:0", "in/ 755 0:0", "in/t/ 755 5:6", "in/t/x 644 5:6", "own/ 755 1:1", "own/t/ 755 1:1",
                    "own/t/x 644 1:1",
                ]
            )
        }
    }

    @Test func `go on from an image of the store, and run what it left for its children`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "f")
            try scene.build("FROM scratch\nENV A=1\nWORKDIR /w\nONBUILD COPY f left\nONBUILD LABEL by=$A") {
                $0.tags = ["base:1"]
            }
            let id = try scene.build("FROM base:1\nENV B=$A") { $0.labels = ["own": "yes"] }
            let configuration = try scene.configuration(id)
            #expect(try scene.listing(id) == ["w/ 755 0:0", "w/left 644 0:0"])
            #expect(configuration.config.onBuild == [])
            #expect(configuration.config.labels == ["by": "1", "own": "yes"])
            #expect(configuration.config.env.suffix(2) == ["A=1", "B=1"])
            #expect(scene.story.prefix(2) == ["[1/2] FROM base:1", "cached 1"])
        }
    }

    @Test(arguments: [
        ("COPY nothing /", "Dockerfile:2:1: \"/nothing\" not found"),
        ("COPY x* /", "Dockerfile:2:1: \"x*\" matches nothing"),
        ("COPY a /f\nWORKDIR /f", "Dockerfile:3:1: /f is not a folder"),
        ("COPY a b /c", "Dockerfile:2:1: /c, which several sources go to, is not a folder"),
        ("COPY --chown=who a /", "Dockerfile:2:1: no user \"who\" in the stage's /etc/passwd"),
        ("COPY --chmod=abc a /", "Dockerfile:2:1: \"abc\" is not a file mode"),
        (
            "COPY --from=$A a /",
            "Dockerfile:2:1: --from=$A: must be a name without variables: FROM $… AS a stage"
        ),
        (
            "COPY --from=no..where a /",
            "Dockerfile:2:1: \"no..where\" is not an image reference: the repository has an invalid character"
        ),
        ("ENV A=${B:?needed}", "Dockerfile:2:1: variable B: needed"),
        ("STOPSIGNAL SIGNOTHING", "Dockerfile:2:1: \"SIGNOTHING\" is not a signal"),
        ("RUN --network=host ls", "Dockerfile:2:1: RUN --network=host needs --allow network.host"),
    ])
    func `end with a message that says where`(line: String, expected: String) throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("b", "b")
            var message = "no error"
            do { try scene.build("FROM scratch\n\(line)") } catch { message = "\(error)" }
            #expect(message == expected)
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
            #expect(try Folder.names(in: scene.root.run.appending("builds")).isEmpty)
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct BuildCaching {
    private static let dockerfile = """
        FROM scratch AS one
        COPY a /a
        FROM scratch
        ARG V=1
        LABEL v=$V
        COPY --from=one /a /b
        COPY d /d
        """

    @Test func `does nothing when nothing changed`() throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("d/x", "x")
            let first = try scene.build(Self.dockerfile)
            #expect(scene.executedSteps == 3)
            let layers = try Folder.names(in: scene.root.layers)
            let second = try scene.build(Self.dockerfile)
            #expect(second == first)
            #expect(scene.executedSteps == 0)
            #expect(try Folder.names(in: scene.root.layers) == layers)
        }
    }

    @Test func `looks at contents and modes, and not at times`() throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("d/x", "x")
            try scene.build(Self.dockerfile)
            try scene.write("d/x", "x")
            try scene.build(Self.dockerfile)
            #expect(scene.executedSteps == 0)
            try scene.write("d/x", "y")
            try scene.build(Self.dockerfile)
            #expect(scene.story.filter { $0.hasPrefix("cached") }.count == 2)
            try FileOwner.set(uid: 0, gid: 0, mode: 0o755, of: scene.context.pushing("d/x"))
            try scene.build(Self.dockerfile)
            #expect(scene.executedSteps == 1)
        }
    }

    @Test func `carries everything out anew when told to`() throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("d/x", "x")
            try scene.build(Self.dockerfile)
            try scene.build(Self.dockerfile) { $0.ignoresCache = true }
            #expect(scene.executedSteps == 3)
        }
    }

    @Test func `keeps layers when only the configuration changes`() throws {
        try BuildScene.with { scene in
            try scene.write("a", "a")
            try scene.write("d/x", "x")
            let first = try scene.build(Self.dockerfile)
            let second = try scene.build(Self.dockerfile) { $0.arguments = ["V": "2"] }
            #expect(scene.executedSteps == 0)
            #expect(first != second)
            #expect(try scene.configuration(second).config.labels == ["v": "2"])
        }
    }
}

@Suite struct ImageConfigurations {
    @Test func `say what the instructions said`() throws {
        let text = """
            FROM scratch
            MAINTAINER me
            ENV A=1 B="x y"
            ENV A=$A-2 C=$A
            LABEL k=$B
            EXPOSE 80 90/udp
            VOLUME /data
            WORKDIR /
            USER me:you
            ENTRYPOINT ["/e"]
            CMD run it
            HEALTHCHECK --interval=5s CMD probe
            STOPSIGNAL SIGQUIT
            SHELL ["/bin/bash", "-c"]
            ONBUILD RUN x
            """
        let config = try finalState(text).image.config
        #expect(
            config.env == [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=1-2", "B=x y", "C=1",
            ]
        )
        #expect(config.labels == ["k": "x y"])
        #expect(config.exposedPorts == ["80/tcp", "90/udp"])
        #expect(config.volumes == ["/data"])
        #expect(config.user == "me:you")
        #expect(config.entrypoint == ["/e"])
        #expect(config.cmd == ["/bin/sh", "-c", "run it"])
        #expect(config.healthcheck?.test == ["CMD-SHELL", "probe"])
        #expect(config.healthcheck?.interval == 5_000_000_000)
        #expect(config.stopSignal == "SIGQUIT")
        #expect(config.shell == ["/bin/bash", "-c"])
        #expect(config.onBuild == ["RUN x"])
    }

    @Test func `lose the inherited command to a new entrypoint, and not their own`() throws {
        #expect(try finalState("FROM scratch\nCMD a\nENTRYPOINT [\"e\"]").image.config.cmd == ["/bin/sh", "-c", "a"])
        var base = ImageConfiguration()
        base.config.cmd = ["a"]
        #expect(try finalState("FROM scratch\nENTRYPOINT [\"e\"]", from: base).image.config.cmd == nil)
    }

    @Test func `remember every instruction`() throws {
        let history = try finalState("FROM scratch\nENV A=1\nCMD [\"a\"]").image.history
        #expect(history.map(\.createdBy) == ["ENV A=1", "CMD [\"a\"]"])
        #expect(history.map(\.emptyLayer) == [true, true])
        #expect(history.first?.created == "1970-01-01T00:00:01Z")
    }

    private func finalState(_ text: String, from base: ImageConfiguration = ImageConfiguration()) throws -> StageState {
        let document = try DockerfileDocument(parsing: Array(text.utf8))
        let global = try GlobalVariables(document, given: [:], platform: [:])
        var state = StageState(
            from: base,
            for: .host,
            global: global,
            continuing: nil,
            escape: "\\",
            now: 1_000_000_000
        )
        for located in document.stages[0].instructions { _ = try state.apply(located.instruction) }
        return state
    }
}

@Suite(.tags(.root), .requiresRoot) struct ParallelBuilds {
    /// Runs no program, and lets two commands go on only when both are there.
    private final class Rendezvous: StepRunner {
        private let arrived = Mutex(0)
        private let doors: (reading: FileDescriptor, writing: FileDescriptor)

        init() throws { doors = try FileDescriptor.closeOnExecPipe() }

        func run(_ command: StepCommand, output: FileDescriptor) throws -> Int32 {
            let number = arrived.withLock { count in
                count += 1
                return count
            }
            if number == 2 { _ = try doors.writing.writeAvailable([0, 0]) }
            var byte = [UInt8](repeating: 0, count: 1)
            _ = try doors.reading.readAvailable(into: &byte)
            try WholeFile.replace(command.upper.appending("\(number)"), with: [], isDurable: false)
            return command.configuration.process.arguments == ["fail"] ? 9 : 0
        }

        func clear(_ id: String) {}
        func finish() {}
    }

    @Test func `build stages that do not wait for each other at the same time`() throws {
        try BuildScene.with { scene in
            let text = """
                FROM scratch AS a
                RUN ["a"]
                FROM scratch AS b
                RUN ["b"]
                FROM scratch
                COPY --from=a / /x/
                COPY --from=b / /x/
                """
            let id = try scene.build(text, runner: Rendezvous())
            #expect(try scene.listing(id).map { $0.split(separator: " ")[0] } == ["x/", "x/1", "x/2"])
        }
    }

    @Test func `end when one of them fails, with its error`() throws {
        try BuildScene.with { scene in
            let text = """
                FROM scratch AS a
                RUN ["fail"]
                FROM scratch AS b
                RUN ["b"]
                FROM scratch
                COPY --from=a / /x/
                COPY --from=b / /x/
                """
            let runner = try Rendezvous()
            let error = #expect(throws: BuilderError.self) { try scene.build(text, runner: runner) }
            #expect(error?.problem == .commandFailed("fail", exitCode: 9, lastOutput: []))
            #expect(try scene.images.list().isEmpty)
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct InterruptedBuilds {
    @Test func `are cleared away by the next`() throws {
        try BuildScene.with { scene in
            let id = String(repeating: "a", count: 64)
            let left = scene.root.run.pushing("builds/left")
            let sandbox = scene.root.run.pushing(FilePath("sandboxes/\(id)"))
            for folder in [left.appending("commands"), sandbox] { try Folder.makeAll(folder) }
            try WholeFile.replace(left.pushing(FilePath("commands/\(id)")), with: [], isDurable: false)
            try Folder.makeAll(scene.root.layers.pushing("drafts/left/diff"))
            try scene.write("f", "f")
            try scene.build("FROM scratch\nCOPY f /")
            #expect(!Folder.hasEntry(left))
            #expect(!Folder.hasEntry(sandbox))
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
        }
    }
}
