import Testing

extension EndToEnd {
    /// What `build` of a project gives out.
    @Suite struct ComposeBuilds {
        @Test func `images go to their registries when they are built, and later as the same`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                try stage.write("FROM busybox\nRUN echo two > /two\n", to: "Dockerfile")
                let file = """
                    services:
                      named:
                        image: \(registry.host)/web:1
                        build: {context: ., tags: ["\(registry.host)/web:2"]}
                      nameless:
                        build: .

                    """
                try stage.write(file, to: "compose.yaml")
                let built = try stage.does("build", "--push", in: ["SOURCE_DATE_EPOCH": "1600000000"])
                #expect(built.errors.contains("pushing manifest for \(registry.host)/web:2@sha256:"), "\(built)")
                let inspect = "skopeo inspect --tls-verify=false docker://\(registry.host)/web"
                let digest = try stage.shell("\(inspect):1 | jq -r .Digest")
                #expect(try stage.shell("\(inspect):1 | jq -r .Created") == "2020-09-13T12:26:40Z")
                #expect(try stage.shell("\(inspect):2 | jq -r .Digest") == digest)
                try stage.does("push", "named")
                #expect(try stage.shell("\(inspect):1 | jq -r .Digest") == digest)
            }
        }

        @Test func `a service that was not named is built when another takes it as a context`() throws {
            try onStage { stage in
                let file = """
                    services:
                      base: {build: {context: ., dockerfile_inline: "FROM busybox\\nRUN echo b > /b"}}
                      web:
                        build: {context: ., dockerfile_inline: "FROM base", additional_contexts: {base: "service:base"}}
                        command: [cat, /b]
                      other: {image: busybox, command: [echo, other]}

                    """
                try stage.write(file, to: "compose.yaml")
                let up = try stage.does("up", "web")
                #expect(up.output.contains("web-1  | b") && !up.output.contains("other"), "\(up)")
                #expect(try stage.docker("images", "--quiet", "work-base").lines.count == 1)
            }
        }

        @Test func `the build of a context has its own secrets, and the memory that was given for all`() throws {
            try onStage { stage in
                let file = """
                    services:
                      base:
                        build:
                          context: .
                          dockerfile_inline: |
                            FROM busybox
                            RUN --mount=type=secret,id=word,required cp /run/secrets/word /word
                          secrets: [word]
                      middle:
                        build: {context: ., dockerfile_inline: FROM base, additional_contexts: {base: "service:base"}}
                      web:
                        build:
                          context: .
                          dockerfile_inline: |
                            FROM middle
                            RUN cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes > /limit 2>/dev/null || :
                          additional_contexts: {middle: "service:middle"}
                        command: [cat, /word, /limit]
                    secrets: {word: {environment: WORD}}

                    """
                try stage.write(file, to: "compose.yaml")
                try stage.does("build", "-m", "64m", "web", in: ["WORD": "hushed\n"])
                #expect(try stage.does("up", "web").output.contains("web-1  | hushed\nweb-1  | 67108864\n"))
                #expect(try !stage.does("config", "web").output.contains("WORD"))
                let refused = try stage.compose("build", "-m", "1m", "--no-cache", "web", in: ["WORD": "x"])
                #expect(refused.code != 0 && refused.errors.contains("Minimum memory limit"), "\(refused)")
            }
        }

        @Test func `an image that would need itself is refused`() throws {
            try onStage { stage in
                let file = """
                    services:
                      a: {build: {context: ., additional_contexts: {b: "service:b"}}}
                      b: {build: {context: ., additional_contexts: {a: "service:a"}}}

                    """
                try stage.write(file, to: "compose.yaml")
                for command in ["build", "create"] {
                    let refused = try stage.compose(command)
                    #expect(refused.code == 1, "\(refused)")
                    #expect(refused.errors.contains("services.b.build.additional_contexts: a cycle: a → b → a"))
                }
            }
        }

        @Test func `what would be built is printed for bake, without secrets`() throws {
            try onStage { stage in
                let file = """
                    services:
                      base: {build: {context: base, dockerfile_inline: "FROM scratch"}}
                      web:
                        image: shop/web
                        build:
                          context: .
                          target: out
                          args: {A: b}
                          tags: [web:2]
                          additional_contexts: {base: "service:base"}
                          cache_from: ["type=local,src=cache"]
                          platforms: [linux/amd64, linux/arm64]
                          provenance: mode=max
                          secrets: [word]
                    secrets: {word: {environment: WORD}}

                    """
                try stage.write(file, to: "compose.yaml")
                let printed = try stage.compose("build", "--print", "--push", "web", in: ["WORD": "hushed"])
                #expect(printed.code == 0 && !printed.output.contains("hushed"), "\(printed)")
                try stage.write(printed.output, to: "bake.json")
                #expect(try stage.shell("jq -c .group bake.json") == #"{"default":{"targets":["base","web"]}}"#)
                let keys = "del(.context, .labels) | to_entries | map(\"\\(.key) \\(.value)\") | .[]"
                #expect(
                    try stage.shell("jq -r '.target.web | \(keys)' bake.json") == """
                        contexts {"base":"target:base"}
                        dockerfile Dockerfile
                        args {"A":"b"}
                        tags ["shop/web","web:2"]
                        cache-from ["type=local,src=cache"]
                        target out
                        secret ["id=word,type=env"]
                        platforms ["linux/amd64","linux/arm64"]
                        output ["type=image,push=true"]
                        attest ["type=provenance,mode=max"]
                        """
                )
                let agents = try stage.compose(
                    "build",
                    "--print",
                    "--ssh",
                    "key=~/key",
                    "base",
                    in: ["HOME": "/home/ada"]
                )
                #expect(agents.output.contains("\"ssh\": [\n        \"key=/home/ada/key\"\n"), "\(agents)")
                #expect(try stage.compose("build", "--builder", "far").errors.contains("no builder \"far\" found"))
            }
        }
    }
}
