import Linux
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
            #expect(scene.story.contains("[stage-1 4/5] RUN mkdir gone kept && touch kept/x && rmdir gone"))
        }
    }

    @Test func `show what commands write, and run none of them twice`() throws {
        try BuildScene.with { scene in
            _ = try build(scene, "RUN echo one; echo two >&2; printf three")
            #expect(
                scene.story.suffix(4) == [
                    "[stage-1 2/2] RUN echo one; echo two >&2; printf three", "> one", "> two", "> three",
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
            let message = #"Dockerfile:5: process "/bin/sh -c echo first &&   exit 3" did not complete successfully: "#
            #expect(failure?.description == message + "exit code: 3")
            let excerpt = failure?.excerpt?.replacing(#/\n\d+\.\d{3} first\n/#, with: "\n0.001 first\n")
            #expect(
                excerpt == """
                    ------
                     > [4/4] RUN echo first &&   exit 3:
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
            #expect(scene.story.last == "failed 4")
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
