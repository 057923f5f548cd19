import Testing

extension EndToEnd {
    /// Build caches that machines share. Another root is another machine.
    @Suite struct SharedCaches {
        private static let dockerfile = """
            FROM busybox AS made
            WORKDIR /made
            COPY data .
            RUN echo run >> data && touch /made/new
            FROM busybox
            COPY --from=made /made /copied
            RUN echo two > /two

            """

        /// Sets up a second root with the same base image.
        private func other(_ stage: Stage) throws -> [String: String] {
            let program = "'\(stage.programs)/docker'"
            let other = ["TUTTI_ROOT": "\(stage.folder)/../other"]
            try stage.shell("\(program) save busybox > ../busybox.tar", in: ["TUTTI_ROOT": stage.root])
            try stage.shell("\(program) load -i ../busybox.tar && rm ../busybox.tar", in: other)
            return other
        }

        @Test(arguments: ["registry", "local", "index"])
        func `a build elsewhere runs nothing that the shared cache knows`(kind: String) throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let other = try other(stage)
                try stage.shell("mkdir app")
                try stage.write(Self.dockerfile, to: "app/Dockerfile")
                try stage.write("data\n", to: "app/data")
                let place = kind == "registry" ? "type=registry,ref=\(registry.host)/cache" : "type=local"
                let (to, from) = kind == "registry" ? ("", "") : (",dest=cache", ",src=cache")
                let form = kind == "index" ? ",image-manifest=false,compression=zstd" : ""
                let first = try stage.docker("build", "-t", "a", "--cache-to=\(place)\(to),mode=max\(form)", "app")
                #expect(first.code == 0, "\(first)")
                let second = try stage.docker(
                    "build",
                    "-t",
                    "a",
                    "--progress=plain",
                    "--cache-from=\(place)\(from)",
                    "app",
                    in: other
                )
                #expect(second.code == 0, "\(second)")
                #expect(second.errors.components("CACHED") == 7, "\(second)")
                let listing = ["run", "--rm", "a", "sh", "-c", "cat /copied/data /two; ls -ln /copied"]
                let expected = try stage.docker(listing)
                #expect(try stage.program("docker", listing, other).run().output == expected.output)
                #expect(expected.output.hasPrefix("data\nrun\ntwo\n"), "\(expected)")
            }
        }

        @Test func `the cache is in BuildKit's form, and what is hostile or gone in it only costs time`() throws {
            try onStage { stage in
                let other = try other(stage)
                try stage.shell("mkdir app")
                try stage.write("FROM busybox\nRUN echo one > /one\n", to: "app/Dockerfile")
                #expect(try stage.docker("build", "--cache-to=type=local,dest=cache", "app").code == 0)
                let config = "skopeo inspect --raw oci:cache:latest | jq -r .config"
                #expect(
                    try stage.shell("\(config).mediaType") == "application/vnd.buildkit.cacheconfig.v0"
                )
                try stage.shell(
                    "f=cache/blobs/sha256/$(\(config).digest | cut -d: -f2) && jq -e '.layers[0].annotations.diffID and .records[0].layers[0].layer == 0' $f"
                )
                // Another layer in the place of the one that was asked for.
                try stage.shell(
                    "for f in cache/blobs/sha256/*; do if gzip -t $f 2> /dev/null; then tar c app | gzip > $f; fi; done"
                )
                let built = try stage.docker("build", "-t", "a", "--cache-from=type=local,src=cache", "app", in: other)
                #expect(built.code == 0 && built.errors.contains("a layer of a shared cache cannot be had"), "\(built)")
                let gone = try stage.docker("build", "--no-cache", "--cache-from=type=local,src=none", "app", in: other)
                #expect(gone.code == 0, "\(gone)")
                let missing = try stage.docker("build", "--cache-from=type=local,src=none", "app", in: other)
                #expect(missing.code == 0 && missing.errors.contains("there is no cache: no tag latest"), "\(missing)")
                let run = try stage.program("docker", ["run", "--rm", "a", "cat", "/one"], other).run()
                #expect(run.output == "one\n", "\(run)")
            }
        }

        @Test(arguments: ["local", "inline"])
        func `a cache of an image's layers alone knows what the other stages came to`(kind: String) throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let other = try other(stage)
                let file = """
                    FROM busybox AS build
                    WORKDIR /src
                    COPY data ./
                    RUN cat data > out && echo building
                    FROM busybox
                    WORKDIR /bin
                    COPY --from=build /src/out /out
                    RUN echo last > /last

                    """
                try stage.write(file, to: "Dockerfile")
                try stage.write("data\n", to: "data")
                let name = "\(registry.host)/web"
                let (to, from) =
                    kind == "local"
                    ? (["--cache-to=type=local,dest=cache"], "type=local,src=cache")
                    : (["--cache-to=type=inline", "--push"], name)
                let first = try stage.docker(["build", "--progress=plain", "-t", name] + to + ["."])
                #expect(first.code == 0 && first.errors.contains(" building\n"), "\(first)")
                func again() throws -> Outcome {
                    let words = ["build", "--progress=plain", "-t", "a", "--cache-from=\(from)", "."]
                    return try stage.program("docker", words, other).run()
                }
                let second = try again()
                #expect(second.code == 0 && second.errors.components("CACHED") == 8, "\(second)")
                let run = ["run", "--rm", "a", "sh", "-c", "pwd; cat /out /last"]
                #expect(try stage.program("docker", run, other).run().output == "/bin\ndata\nlast\n")
                if kind == "local" {
                    let layers =
                        "jq -r '.manifests[0].digest' cache/index.json | sed s,:,/, | xargs -I+ jq '.layers | length' cache/blobs/+"
                    #expect(try stage.shell(layers) == "2")
                }
                try stage.write("other\n", to: "data")
                let third = try again()
                #expect(third.code == 0 && third.errors.contains(" building\n"), "\(third)")
                #expect(try stage.program("docker", run, other).run().output == "/bin\nother\nlast\n")
            }
        }

        @Test func `an image carries the cache of its own layers`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let other = try other(stage)
                let name = "\(registry.host)/web"
                try stage.write("FROM busybox\nRUN echo one > /one\nRUN echo two > /two\n", to: "Dockerfile")
                let first = try stage.docker("build", "-t", name, "--push", "--cache-to=type=inline", ".")
                #expect(first.code == 0, "\(first)")
                let config = "skopeo inspect --tls-verify=false --config --raw docker://\(name)"
                let records = "'.\"moby.buildkit.cache.v0\"' | base64 -d | jq -c '[.[].layers[0].layer] | sort'"
                #expect(try stage.shell("\(config) | jq -r \(records)") == "[1,2]")
                let second = try stage.docker(
                    "build",
                    "-t",
                    "a",
                    "--progress=plain",
                    "--cache-from=\(name)",
                    ".",
                    in: other
                )
                #expect(second.code == 0 && second.errors.components("CACHED") == 3, "\(second)")
                let plain = try stage.docker("build", "-t", "\(name):plain", "--push", ".")
                #expect(plain.code == 0, "\(plain)")
                let none = try stage.docker("build", "--cache-from=\(name):plain", ".", in: other)
                #expect(none.code == 0 && none.errors.contains("there is no cache"), "\(none)")
                let argument = ["build", "-t", "b", "--build-arg=BUILDKIT_INLINE_CACHE=1", "."]
                #expect(try stage.docker(argument).code == 0)
                let format = ["image", "inspect", "--format", "{{.Id}}"]
                #expect(try stage.docker(format + ["b"]).output == stage.docker(format + [name]).output)
            }
        }

        @Test func `a project's services share caches as their files say`() throws {
            try onStage { stage in
                let other = try other(stage)
                let file = """
                    services:
                      web:
                        build:
                          context: .
                          dockerfile_inline: "FROM busybox\\nRUN echo one > /one"
                          cache_from: ["type=local,src=cache"]
                          cache_to: ["type=local,dest=cache"]

                    """
                try stage.write(file, to: "compose.yaml")
                try stage.does("build")
                let second = try stage.compose("build", "--progress=plain", in: other)
                #expect(second.code == 0 && second.errors.components("CACHED") == 2, "\(second)")
                try stage.write(
                    file.replacingAll("type=local,dest=cache", with: "type=s3,bucket=b"),
                    to: "compose.yaml"
                )
                let refused = try stage.compose("build")
                #expect(
                    refused.code != 0 && refused.errors.contains("compose.yaml:7:17: services.web.build.cache_to: ")
                )
                #expect(refused.errors.contains("caches of type \"s3\" are not supported"), "\(refused)")
            }
        }
    }
}

extension String {
    /// How often another text is in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }

    fileprivate func replacingAll(_ text: String, with other: String) -> String { replacing(text, with: other) }
}
