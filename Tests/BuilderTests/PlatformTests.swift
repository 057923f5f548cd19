import Glibc
import Images
import Linux
import OCI
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// A folder as the kernel shows its handlers in.
private func handlers(_ folder: FilePath, status: String = "enabled", _ files: [String: String]) throws -> FilePath {
    try Folder.makeAll(folder)
    for (name, text) in files.merging(["status": status + "\n", "register": ""], uniquingKeysWith: { $1 }) {
        try WholeFile.replace(folder.appending(name), with: Array(text.utf8), isDurable: false)
    }
    return folder
}

/// What qemu-user-static registers for ARM.
private func arm64(state: String = "enabled", flags: String = "OCF") -> String {
    """
    \(state)
    interpreter /usr/bin/qemu-aarch64-static
    flags: \(flags)
    offset 0
    magic 7f454c460201010000000000000000000200b700
    mask ffffffffffffff00fffffffffffffffffeffffff

    """
}

/// Whether the kernel can be told what starts foreign programs.
private var kernelKnowsHandlers: Bool {
    let known = try? WholeFile.read("/proc/filesystems")
    return known.map { String(decoding: $0, as: UTF8.self).contains("\tbinfmt_misc\n") } ?? false
}

@Suite struct Emulators {
    private static let s390x = """
        enabled
        interpreter /usr/bin/qemu-s390x-static
        flags: F
        offset 0
        magic 7f454c4602020100000000000000000000020016
        mask ffffffffffffff00fffffffffffffffffffeffff

        """
    private static let notInImage = EmulatorLack.notInImage(
        handler: "arm64",
        interpreter: "/usr/bin/qemu-aarch64-static"
    )

    @Test(arguments: [
        ("linux/amd64", "enabled", "", nil), ("linux/386", "enabled", "", nil),
        ("linux/amd64/v3", "enabled", "", nil), ("windows/amd64", "enabled", "", EmulatorLack.otherSystem),
        ("linux/arm64", "enabled", "", .notRegistered), ("linux/arm64", "enabled", arm64(), nil),
        ("linux/arm64", "disabled", arm64(), .notRegistered),
        ("linux/arm64", "enabled", arm64(state: "disabled"), .notRegistered),
        ("linux/arm64", "enabled", arm64(flags: "OC"), notInImage), ("linux/arm64", "enabled", s390x, .notRegistered),
        ("linux/s390x", "enabled", s390x, nil), ("linux/riscv64", "enabled", arm64(), .notRegistered),
        ("linux/arm/v7", "enabled", arm64(), .notRegistered), ("linux/nothing", "enabled", arm64(), .notRegistered),
        ("linux/arm64", "enabled", "enabled\ninterpreter /x\nflags: F\nextension .arm\n", .notRegistered),
        ("linux/arm64", "enabled", "enabled\ninterpreter /x\nflags: F\noffset 9\nmagic 7f45zz\n", .notRegistered),
    ])
    func `are those that the kernel would take`(
        platform: String,
        status: String,
        handler: String,
        lack: EmulatorLack?
    ) throws {
        try withTemporaryFolder { folder in
            let shown = try handlers(folder, status: status, ["arm64": handler])
            func found(_ hasFile: Bool) throws -> EmulatorLack? {
                try BinaryHandlers.lack(
                    of: Platform(parsing: platform),
                    on: Platform(os: "linux", architecture: "amd64"),
                    handlers: { try BinaryHandlers(shown) },
                    hasFile: { _ in hasFile }
                )
            }
            #expect(try found(false) == lack)
            if lack == Self.notInImage { #expect(try found(true) == nil) }
        }
    }

    /// The handler is for programs of 64-bit MIPS, which nobody starts here meanwhile.
    @Test(.tags(.root), .requiresRoot, .enabled(if: kernelKnowsHandlers, "the kernel has no binfmt_misc"))
    func `are asked of the kernel where no folder is given`() throws {
        try withTemporaryFolder { folder in
            func shell(_ text: String) throws -> Bool { try Program.succeeds(["sh", "-ec", "cd \(folder); \(text)"]) }
            try #require(try shell("mount -t binfmt_misc binfmt_misc ."))
            defer { _ = try? Program.succeeds(["umount", folder.string]) }
            let start = #"\x7fELF\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x08"#
            let name = "tutti-\(RandomName.hexadecimal(8))"
            try #require(try shell("printf '%s' ':\(name):M::\(start)::/bin/true:F' > register"))
            defer { _ = try? shell("echo -1 > \(name)") }
            let asked = try BinaryHandlers(nil)
            #expect(asked.handlers == (try BinaryHandlers(folder)).handlers)
            #expect(asked.handlers.contains { $0.name == name && $0.interpreter == "/bin/true" && $0.isFixed })
            try #require(try shell("echo 0 > \(name)"))
            #expect(try !BinaryHandlers(nil).handlers.contains { $0.name == name })
        }
    }
}

@Suite(.tags(.root), .requiresRoot) struct BuildsForPlatforms {
    /// Runs no program, and notes the commands and their variables.
    private final class Log: StepRunner {
        let lines = Mutex<[String]>([])

        func run(_ command: StepCommand, output: FileDescriptor) throws -> Int32 {
            let process = command.configuration.process
            let told = process.environment.filter { $0.hasPrefix("TARGET") || $0.hasPrefix("BUILD") }
            let line = (process.arguments + told).joined(separator: " ")
            lines.withLock { $0.append(line) }
            try WholeFile.replace(command.upper.appending("made"), with: Array(line.utf8), isDurable: false)
            return process.arguments == ["fail"] ? 3 : 0
        }

        func clear(_ id: String) {}
        func finish() {}
    }

    private static let both = ["linux/amd64,linux/s390x", "local"].flatMap { $0.split(separator: ",").map(String.init) }

    @Test(arguments: [false, true])
    func `read the file for each, and do once what is the same for all`(ignoresCache: Bool) throws {
        try BuildScene.with { scene in
            let runner = Log()
            let text = """
                FROM --platform=$BUILDPLATFORM scratch AS tools
                RUN ["same"]
                ARG TARGETARCH
                RUN ["make"]
                FROM scratch
                ARG TARGETPLATFORM BUILDPLATFORM
                LABEL made="for $TARGETPLATFORM on $BUILDPLATFORM"
                COPY --from=tools /made /
                """
            let result = try scene.result(text, runner: runner) {
                $0.platforms = Self.both
                $0.tags = ["pair"]
                $0.ignoresCache = ignoresCache
            }
            let lines = runner.lines.withLock { $0.sorted() }
            #expect(lines == ["make TARGETARCH=amd64", "make TARGETARCH=s390x", "same"])
            #expect(scene.executedSteps == 5)
            #expect(
                scene.story.filter { $0.contains("RUN") }.sorted() == [
                    "[linux/amd64 tools 1/2] RUN [\"same\"]", "[linux/amd64 tools 2/2] RUN [\"make\"]",
                    "[linux/amd64->s390x tools 2/2] RUN [\"make\"]",
                ]
            )
            #expect(result.ids.count == 2 && result.identifier == result.descriptor?.digest)
            #expect(try scene.images.index(of: "pair")?.digest == result.identifier)
            for (architecture, id) in zip(["amd64", "s390x"], result.ids) {
                let image = try scene.images.find("pair", platform: Platform(parsing: "linux/\(architecture)"))
                #expect(image?.id == id && image?.configuration.architecture == architecture)
                #expect(image?.configuration.config.labels == ["made": "for linux/\(architecture) on linux/amd64"])
                #expect(try scene.text("made", of: id) == "make TARGETARCH=\(architecture)")
            }
        }
    }

    @Test func `run commands of another processor only through an emulator, and need none for all else`() throws {
        try BuildScene.with { scene in
            try scene.write("f", "")
            let runner = Log()
            let text = "FROM scratch\nCOPY f /f\nWORKDIR /w\nENV A=b\n"
            func build(_ text: String, _ folder: FilePath) throws {
                try scene.result(text, runner: runner, handlers: folder) { $0.platforms = ["linux/arm64"] }
            }
            let none = try handlers(scene.context.appending("none"), [:])
            try build(text, none)
            let error = #expect(throws: BuilderError.self) { try build(text + "  RUN [\"x\"]\n", none) }
            #expect(
                error?.description == """
                    Dockerfile:5:3: RUN for linux/arm64 on linux/amd64: no emulator is registered with the kernel \
                    (binfmt_misc). Install qemu-user-static and binfmt-support (Debian, Ubuntu) or qemu-user-static \
                    (Fedora), or have the stage run here: FROM --platform=$BUILDPLATFORM
                    """
            )
            #expect(runner.lines.withLock { $0 } == [])
            let some = try handlers(scene.context.appending("some"), ["arm64": arm64()])
            try build(text + "RUN [\"x\"]\n", some)
            #expect(runner.lines.withLock { $0 } == ["x"])
            // What is known already needs nothing.
            try build(text + "RUN [\"x\"]\n", none)
        }
    }

    @Test func `give out a folder for each, and a list of all as an archive`() throws {
        try BuildScene.with { scene in
            let out = scene.context.appending("out"), layout = scene.context.appending("layout")
            var archive = BuildOutput.Archive(.file(layout))
            archive.isFolder = true
            try scene.write("f", "f")
            _ = try scene.result("FROM scratch\nARG TARGETARCH\nCOPY f /$TARGETARCH\n") {
                $0.platforms = Self.both
                $0.outputs = [.folder(out, isSplit: nil), .archive(ImageWishes(), archive)]
                $0.provenance = .off
                $0.annotations = (try? AnnotationWish.parse("index,manifest[linux/s390x]:a=b")) ?? []
            }
            #expect(try Folder.names(in: out).sorted() == ["linux_amd64", "linux_s390x"])
            #expect(try Folder.names(in: out.appending("linux_s390x")) == ["s390x"])
            let loaded = try ImageLayout(layout).blobs.list()
            #expect(loaded.count == 7)
        }
    }

    @Test(arguments: [
        ("FROM --platform=a/b/c/d scratch", "Dockerfile:1:1: --platform=a/b/c/d: must be os/architecture[/variant]"),
        (
            "FROM scratch\nRUN [\"fail\"]",
            "Dockerfile:2:1: process \"fail\" did not complete successfully: exit code: 3"
        ),
    ])
    func `end at the first mistake`(text: String, message: String) throws {
        try BuildScene.with { scene in
            let runner = Log()
            let error = #expect(throws: (any Error).self) {
                try scene.result(text, runner: runner) { $0.platforms = ["linux/amd64", "linux/386"] }
            }
            #expect(error.map { "\($0)" } == message)
        }
    }

    @Test(arguments: [
        (both, "maybe", "invalid boolean value for multi-platform: maybe"),
        (both, "False", "conflicting config: returning multiple target platforms is not allowed"),
    ])
    func `are not listed where they cannot be`(platforms: [String], text: String, why: String) throws {
        try BuildScene.with { scene in
            let error = #expect(throws: BuilderError.self) {
                try scene.result("FROM scratch\nWORKDIR /a") {
                    ($0.platforms, $0.arguments) = (platforms, ["BUILDKIT_MULTI_PLATFORM": text])
                }
            }
            #expect(error?.description == why)
            #expect(scene.story == [])
        }
    }

    @Test func `list the platform of one alone where they are told to`() throws {
        try BuildScene.with { scene in
            let out = scene.context.appending("out")
            let result = try scene.result("FROM scratch\nWORKDIR /a") {
                $0.arguments["BUILDKIT_MULTI_PLATFORM"] = "T"
                $0.outputs = [.image(ImageWishes(), pushed: nil), .folder(out, isSplit: nil)]
            }
            #expect(result.descriptor?.mediaType.isIndex == true)
            #expect(try Folder.names(in: out.appending("linux_amd64")) == ["a"])
        }
    }

    /// A registry that answers only when it was asked for two images.
    @Test func `ask for their bases side by side`() throws {
        try BuildScene.with { scene in
            let bell = try FileDescriptor.closeOnExecPipe()
            defer {
                try? bell.reading.close()
                try? bell.writing.close()
            }
            let asked = Mutex<Set<String>>([])
            let met = Mutex<[Bool]>([])
            let server = try ScriptedServer { request in
                guard request.path.contains("/manifests/") else { return .init() }
                let isSecond = asked.withLock { asked in asked.insert(request.path).inserted && asked.count == 2 }
                if isSecond { _ = try? bell.writing.writeAvailable([0]) }
                var wish = pollfd(fd: bell.reading.rawValue, events: Int16(POLLIN), revents: 0)
                let isMet = poll(&wish, 1, 10_000) == 1
                met.withLock { $0.append(isMet) }
                return .init(status: 404)
            }
            let text = "FROM \(server.host)/one AS one\nFROM \(server.host)/two\nCOPY --from=one / /\n"
            #expect(throws: BuilderError.self) { try scene.build(text) }
            #expect(met.withLock { $0.allSatisfy(\.self) && $0.count >= 2 })
        }
    }

    @Test func `are no archive for Docker`() throws {
        try BuildScene.with { scene in
            var archive = BuildOutput.Archive(.file(scene.context.appending("a.tar")))
            archive.isForDocker = true
            let error = #expect(throws: BuilderError.self) {
                try scene.result("FROM scratch\nWORKDIR /a") {
                    $0.platforms = Self.both
                    $0.outputs = [.archive(ImageWishes(), archive)]
                }
            }
            #expect(error?.description == "docker exporter does not currently support exporting manifest lists")
        }
    }
}
