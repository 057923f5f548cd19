import Linux
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite(.tags(.root), .requiresRoot) struct RunningBuilds {
    private static let base = "FROM scratch AS base\nCOPY busybox /bin/sh\nRUN [\"/bin/sh\", \"--install\", \"/bin\"]\n"

    /// Builds on a stage that has a shell.
    private func build(
        _ scene: BuildScene,
        _ text: String,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> [String] {
        try scene.addBusybox()
        let id = try scene.build(Self.base + "FROM base\n" + text) { request in
            request.network = .none
            change(&request)
        }
        return try scene.listing(id).filter { !$0.hasPrefix("bin") }
    }

    @Test func `keep what commands change, and nothing of what was mounted`() throws {
        try BuildScene.with { scene in
            let listing = try build(
                scene,
                """
                ARG WHO=world
                WORKDIR /w
                RUN echo hello $WHO > greeting && chmod 600 greeting
                RUN mkdir gone kept && touch kept/x && rmdir gone
                RUN --mount=type=tmpfs,target=/w/tmp echo x > /w/tmp/x
                """
            )
            #expect(listing == ["w/ 755 0:0", "w/greeting 600 0:0", "w/kept/ 755 0:0", "w/kept/x 644 0:0"])
            #expect(scene.story.contains("[stage-1 3/4] RUN mkdir gone kept && touch kept/x && rmdir gone"))
        }
    }

    @Test func `show what commands write, and run none of them twice`() throws {
        try BuildScene.with { scene in
            _ = try build(scene, "RUN echo one; echo two >&2; printf three")
            #expect(
                scene.story.suffix(4) == [
                    "[stage-1 1/1] RUN echo one; echo two >&2; printf three", "> one", "> two", "> three",
                ]
            )
            _ = try build(scene, "RUN echo one; echo two >&2; printf three")
            #expect(scene.executedSteps == 0)
            #expect(scene.story.filter { $0.hasPrefix(">") } == [])
        }
    }

    @Test func `name the line, the output and the exit code of a command that fails`() throws {
        try BuildScene.with { scene in
            try scene.addBusybox()
            var failure: BuilderError?
            do {
                try scene.build(Self.base + "\nRUN echo first && \\\n  exit 3\n") { $0.network = .none }
            } catch let error as BuilderError {
                failure = error
            }
            let message = #"process "/bin/sh -c echo first &&   exit 3" did not complete successfully: exit code: 3"#
            #expect(failure?.description == "Dockerfile:5:1: " + message)
            let excerpt = failure?.excerpt?.replacing(#/\n\d+\.\d{3} first\n/#, with: "\n0.001 first\n")
            #expect(
                excerpt == """
                    ------
                     > [3/3] RUN echo first &&   exit 3:
                    0.001 first
                    ------
                    Dockerfile:5
                    --------------------
                       4 |     \("")
                       5 | >>> RUN echo first && \\
                       6 | >>>   exit 3
                    --------------------
                    """
            )
            #expect(scene.story.last == "failed 3")
            #expect(try Folder.names(in: scene.root.layers.appending("drafts")).isEmpty)
        }
    }

    @Test func `read heredocs, users and shells`() throws {
        try BuildScene.with { scene in
            let listing = try build(
                scene,
                """
                RUN <<EOF
                echo root:x:0:0::/:/bin/sh > /etc/passwd
                echo web:x:33:34::/:/bin/sh >> /etc/passwd
                EOF
                RUN mkdir -p /srv && chown web /srv
                USER web
                RUN touch /srv/mine
                WORKDIR /srv/deep
                SHELL ["/bin/sh", "-ec"]
                RUN <<EOF
                #!/bin/sh
                echo script > /srv/script
                EOF
                """
            )
            #expect(
                listing.filter { $0.hasPrefix("srv/") } == [
                    "srv/ 755 33:0", "srv/deep/ 755 33:34", "srv/mine 644 33:34", "srv/script 644 33:34",
                ]
            )
        }
    }

    @Test func `mount secrets, caches and stages for a command alone`() throws {
        try BuildScene.with { scene in
            try scene.write("note", "from context")
            let text = """
                RUN --mount=type=secret,id=key --mount=type=secret,id=key,env=KEY \\
                    cat /run/secrets/key > /got && echo $KEY >> /got && ls -l /run/secrets/key | cut -c1-10 >> /got
                RUN --mount=type=cache,target=/cache echo x >> /cache/log
                RUN --mount=type=cache,target=/cache cat /cache/log > /cached
                RUN --mount=target=/ctx,source=note cat /ctx > /note
                RUN --mount=target=/b,from=base,source=/bin,rw touch /b/new && ls /b/sh > /bound
                """
            let listing = try build(scene, text) {
                $0.secrets = [BuildRequest.Secret(id: "key", value: Array("s3cret".utf8))]
            }
            #expect(listing.map { $0.split(separator: " ")[0] } == ["bound", "cached", "got", "note"])
        }
    }

    @Test func `have a secret's file for one command alone`() throws {
        try BuildScene.with { scene in
            let runner = FileCount(scene.root.run.appending("builds"))
            let text = """
                FROM scratch
                RUN --mount=type=secret,id=key ["one"]
                RUN ["two"]
                RUN --mount=type=secret,id=key ["three"]
                """
            try scene.build(text, runner: runner) {
                $0.secrets = [BuildRequest.Secret(id: "key", value: Array("s3cret".utf8))]
            }
            #expect(runner.counts.withLock { $0 } == [1, 0, 1])
        }
    }

    /// Runs no program, and counts the files that the build has mounted.
    private final class FileCount: StepRunner {
        let counts = Mutex<[Int]>([])
        private let builds: FilePath

        init(_ builds: FilePath) { self.builds = builds }

        func run(_ command: StepCommand, output: FileDescriptor) throws -> Int32 {
            let names = try Folder.names(in: builds).flatMap { try Folder.names(in: builds.appending($0)) }
            counts.withLock { $0.append(names.count { $0.hasPrefix("file-") }) }
            return 0
        }

        func clear(_ id: String) {}
        func finish() {}
    }

    @Test func `begin a cache with what a stage holds, and keep the caches of another namespace apart`() throws {
        try BuildScene.with { scene in
            let text = """
                RUN --mount=type=cache,target=/c,from=base,source=/bin ls /c/sh >> /log; touch /c/%
                RUN --mount=type=cache,target=/d,sharing=private,mode=0711,uid=3 ls -dn /d | cut -c1-22 >> /log; touch /d/%
                RUN --mount=type=cache,target=/c,from=base,source=/bin ls /c/one /d/one >> /log || true
                RUN --mount=type=cache,target=/d,sharing=locked ls /d/one >> /log || true
                """
            try scene.addBusybox()
            func log(_ space: String?, _ name: String) throws -> String? {
                let id = try scene.build(Self.base + "FROM base\n" + text.replacing("%", with: name)) {
                    $0.network = .none
                    if let space { $0.arguments["BUILDKIT_CACHE_MOUNT_NS"] = space }
                    $0.ignoresCache = true
                }
                return try scene.text("log", of: id)
            }
            #expect(try log(nil, "one") == "/c/sh\ndrwx--x--x    2 3     \n/c/one\n/d/one\n")
            #expect(try log("other", "two") == "/c/sh\ndrwx--x--x    2 3     \n")
        }
    }

    @Test func `take nothing from earlier builds for stages that are named`() throws {
        try BuildScene.with { scene in
            let text = "RUN echo >> /a\nFROM base AS Other\nRUN echo >> /b\nCOPY --from=1 /a /a"
            _ = try build(scene, text)
            _ = try build(scene, text)
            #expect(scene.executedSteps == 0)
            _ = try build(scene, text) { $0.stagesWithoutCache = ["oTher"] }
            #expect(scene.story.filter { $0.hasPrefix("cached") } == ["cached 1", "cached 2", "cached 1"])
        }
    }

    @Test func `refuse what a mount cannot be`() throws {
        try BuildScene.with { scene in
            for (line, expected) in [
                ("RUN --mount=type=secret,id=gone,required ls", "secret \"gone\" is required and was not given"),
                ("RUN --mount=target=/ ls", "a mount at / is not supported"),
                ("RUN --mount=target=/x,source=/gone ls", "\"/gone\" not found"),
            ] {
                let error = #expect(throws: BuilderError.self) { _ = try build(scene, line) }
                #expect(error.map { "\($0.problem)" } == expected)
            }
        }
    }

    @Test func `take variables in mounts, and mount what other stages have as caches and secrets under other names`()
        throws
    {
        try BuildScene.with { scene in
            try scene.write("seed", "seed")
            let text = """
                ARG WHO=5
                ARG NAME=key
                RUN --mount=type=secret,source=$NAME,target=/s,mode=0${WHO}40,uid=$WHO,gid=6 ls -ln /s | cut -c1-30 > /secret
                RUN --mount=type=cache,target=/c,from=seeds,source=d,uid=7 ls -ld /c > /seeded && ls /c >> /seeded && touch /c/new
                RUN --mount=type=cache,target=/c,from=seeds,source=d,uid=7 ls /c > /again
                RUN --mount=type=tmpfs,target=/t,size=1m ! head -c 2000000 /dev/zero > /t/x
                RUN --mount=type=bind,target=/b,from=seeds,source=d/seed,ro ! echo x > /b
                """
            try scene.addBusybox()
            let id = try scene.build("FROM scratch AS seeds\nCOPY --chown=8:9 seed /d/\n" + Self.base + text) {
                $0.network = .none
                $0.secrets = [BuildRequest.Secret(id: "key", value: Array("s3cret".utf8))]
            }
            #expect(try scene.text("secret", of: id)?.hasPrefix("-r-xr-----    1 5        6") == true)
            let seeded = try scene.text("seeded", of: id) ?? ""
            #expect(seeded.hasPrefix("drwxr-xr-x    2 7        0"), "\(seeded)")
            #expect(seeded.hasSuffix("\nseed\n"))
            #expect(try scene.text("again", of: id) == "new\nseed\n")
            // Another space has other caches.
            let other = try scene.build("FROM scratch AS seeds\nCOPY --chown=8:9 seed /d/\n" + Self.base + text) {
                $0.network = .none
                $0.ignoresCache = true
                $0.arguments["BUILDKIT_CACHE_MOUNT_NS"] = "other"
                $0.secrets = [BuildRequest.Secret(id: "key", value: Array("s3cret".utf8))]
            }
            #expect(try scene.text("seeded", of: other)?.hasSuffix("\nseed\n") == true)
        }
    }

    @Test func `may do everything where they ask for it and it is allowed`() throws {
        try BuildScene.with { scene in
            let text =
                "RUN mkdir /mnt; mount -t tmpfs none /mnt || echo confined\nRUN --security=insecure mount -t tmpfs none /mnt"
            let error = #expect(throws: BuilderError.self) { try build(scene, text) }
            #expect(error?.description == "Dockerfile:6:1: RUN --security=insecure needs --allow security.insecure")
            #expect(scene.story.contains("> confined"))
            _ = try build(scene, text) { $0.allowsInsecurity = true }
        }
    }

    @Test func `leave nothing when a mount point is exchanged for a link`() throws {
        try BuildScene.with { scene in
            let listing = try build(
                scene,
                "RUN mkdir /victim\nRUN --mount=type=tmpfs,target=/m/n true\nRUN --mount=type=tmpfs,target=/a/b mv /a /c; ln -s /victim /a"
            )
            #expect(listing.contains("victim/ 755 0:0"))
            #expect(!listing.contains { $0.hasPrefix("m/") })
        }
    }
}
