import Testing

extension EndToEnd {
    @Suite struct Builds {
        @Test func `every instruction does what it does elsewhere`() throws {
            try onStage("build") { stage in
                try stage.does("build")
                let run = try stage.docker("run", "--rm", "build-app")
                #expect(
                    run.output == """
                        version 1.0 as 1234 in /work: hello there
                        33:33
                        unpacked
                        Dockerfile
                        archive.tar
                        compose.yaml
                        important.log
                        src

                        """,
                    "\(run)"
                )
                let inspection = try stage.docker("inspect", "build-app").output
                for expected in [
                    "\"80/tcp\"", "\"53/udp\"", "\"/work/state\"", "SIGINT", "org.example.kind", "\"User\": \"1234\"",
                ] {
                    #expect(inspection.contains(expected), "\(expected) in \(inspection)")
                }
            }
        }

        @Test func `a build with nothing new makes nothing new`() throws {
            try onStage("build") { stage in
                try stage.does("build")
                let first = try stage.docker("images", "--quiet", "--no-trunc", "build-app").text
                #expect(first.hasPrefix("sha256:"))
                try stage.does("build")
                #expect(try stage.docker("images", "--quiet", "--no-trunc", "build-app").text == first)
                try stage.write("changed\n", to: "src/data.txt")
                try stage.does("build")
                #expect(try stage.docker("images", "--quiet", "--no-trunc", "build-app").text != first)
            }
        }

        @Test func `a build argument reaches the stage that asks for it`() throws {
            try onStage("build") { stage in
                try stage.does("build", "--build-arg", "VERSION=2.5", "app")
                #expect(try stage.docker("run", "--rm", "build-app").output.contains("version 2.5"))
            }
        }

        @Test func `a RUN that fails shows its output, its line and its code`() throws {
            try onStage("build") { stage in
                let build = try stage.compose("build", "failing")
                #expect(build.code != 0, "\(build)")
                let text = build.output + build.errors
                #expect(text.contains("about to fail"), "\(build)")
                #expect(text.contains("\n   3 | >>> RUN "), "\(build)")
                let last = build.errors.split(separator: "\n").last ?? ""
                #expect(last.hasPrefix("ERROR: cannot build failing: "), "\(build)")
                #expect(last.contains(":3:1: process ") && last.hasSuffix("exit code: 3"), "\(build)")
                #expect(try stage.docker("images", "--quiet", "build-failing").output == "")
            }
        }

        @Test func `the build cache is counted, pruned, and bounded by the machine's settings`() throws {
            try onStage("build") { stage in
                try stage.does("build", "app")
                let use = try stage.docker("buildx", "du")
                #expect(use.output.hasPrefix("ID ") && use.output.contains("Reclaimable:"), "\(use)")
                let table = try stage.docker("system", "df", "--format", "{{.Type}} {{.TotalCount}}").lines
                #expect(table.last?.hasPrefix("Build Cache ") == true && table.last != "Build Cache 0", "\(table)")
                let pruned = try stage.docker("builder", "prune", "--all", "--force")
                #expect(pruned.output.contains("LAST ACCESSED") && pruned.output.contains("Total:"), "\(pruned)")
                #expect(try stage.docker("buildx", "du").output.hasPrefix("Shared:\t0B"))
                let all = try stage.docker("system", "df", "--verbose")
                #expect(all.code == 0 && all.output.contains("Build cache usage: 0B"), "\(all)")
                try stage.write(#"{"builder":{"gc":{"policy":[{"all":true,"maxUsedSpace":"1B"}]}}}"#, to: "daemon.json")
                let settings = ["TUTTI_CONFIG": stage.folder]
                try stage.does("build", "app", in: settings)
                try stage.write("other\n", to: "src/data.txt")
                try stage.does("build", "app", in: settings)
                let run = try stage.docker("run", "--rm", "build-app")
                #expect(run.code == 0, "\(run)")
                try stage.write(#"{"builder":{"gc":{"defaultKeepStorage":"plenty"}}}"#, to: "daemon.json")
                let refused = try stage.compose("build", "app", in: settings)
                #expect(refused.code != 0 && refused.errors.contains("plenty"), "\(refused)")
            }
        }

        @Test func `what a build cannot do is said, with its place`() throws {
            try onStage { stage in
                try stage.write("FROM busybox\n", to: "Dockerfile")
                try stage.write("services:\n  a:\n    build:\n      context: .\n      sbom: true\n", to: "compose.yaml")
                let refused = try stage.compose("build")
                #expect(
                    refused.code != 0 && refused.errors.contains("compose.yaml:5:13: services.a.build.sbom: no scanner")
                )
                let flag = try stage.docker("build", "--sbom=true", ".")
                #expect(flag.code != 0 && flag.errors.contains("--sbom: no scanner"), "\(flag)")
            }
        }

        @Test func `up builds what is missing, and what it is told to`() throws {
            try onStage("build") { stage in
                let up = try stage.compose("up")
                #expect(up.code == 0 && up.output.contains("version 1.0"), "\(up)")
                try stage.write("echo \"replaced @VERSION@\"\n", to: "src/tool")
                let same = try stage.compose("up")
                #expect(same.output.contains("version 1.0"), "\(same)")
                let built = try stage.compose("up", "--build")
                #expect(built.output.contains("replaced 1.0"), "\(built)")
            }
        }

        @Test func `images shows what the project runs, down --rmi removes it`() throws {
            try onStage("build") { stage in
                try stage.does("up", "-d")
                let images = try stage.does("images")
                #expect(
                    images.lines.first?.hasPrefix("CONTAINER") == true && images.output.contains("build-app"),
                    "\(images)"
                )
                try stage.does("down", "--rmi", "local")
                #expect(try stage.docker("images", "--quiet", "build-app").output == "")
                #expect(try stage.docker("images", "--quiet", "busybox").output != "")
            }
        }

        @Test func `an image in use is not removed, and says by whom`() throws {
            try onStage { stage in
                #expect(try stage.docker("run", "-d", "--name", "user", "--init", "busybox", "sleep", "1000").code == 0)
                let refused = try stage.docker("rmi", "busybox")
                #expect(refused.code == 1, "\(refused)")
                #expect(refused.errors.contains("user") || refused.errors.contains("container"), "\(refused)")
                #expect(try stage.docker("rm", "-f", "user").code == 0)
                #expect(try stage.docker("rmi", "busybox").code == 0)
                #expect(try stage.docker("images", "--quiet").output == "")
            }
        }

        @Test func `docker build reads a context from its argument and a file from its input`() throws {
            try onStage("build") { stage in
                let built = try stage.docker("build", "-t", "named:2", "--target", "base", ".")
                #expect(built.code == 0, "\(built)")
                #expect(
                    try stage.docker("run", "--rm", "named:2", "sh", "-c", "echo $GREETING").output == "hello there\n"
                )
                let piped = try stage.docker(
                    "build",
                    "-t",
                    "piped",
                    "-f",
                    "-",
                    ".",
                    input: "FROM busybox\nCOPY src/data.txt /\n"
                )
                #expect(piped.code == 0, "\(piped)")
                #expect(try stage.docker("run", "--rm", "piped", "cat", "/data.txt").output == "data\n")
                let quiet = try stage.docker("build", "-q", "-t", "piped", ".")
                #expect(quiet.text.hasPrefix("sha256:") && quiet.lines.count == 1, "\(quiet)")
            }
        }

        @Test func `a removed file is gone, and an opaque folder is empty`() throws {
            try onStage { stage in
                let file = """
                    FROM busybox
                    RUN mkdir -p /a/b && echo 1 > /a/b/one && echo 2 > /a/two
                    RUN rm -rf /a/b && mkdir /a/b && rm /a/two
                    """
                let built = try stage.docker("build", "-t", "layers", "-", input: file)
                #expect(built.code == 0, "\(built)")
                #expect(try stage.docker("run", "--rm", "layers", "find", "/a").output == "/a\n/a/b\n")
            }
        }
    }
}
