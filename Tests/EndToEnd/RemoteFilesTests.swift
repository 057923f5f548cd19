import Testing

extension EndToEnd {
    /// Compose files from git repositories and registries.
    @Suite struct RemoteFiles {
        /// A repository `shop` with a branch `next`, and its first commit.
        private func makeRepository(on stage: Stage) throws -> String {
            try stage.shell(
                """
                git init -q -b main repositories/shop.git && cd repositories/shop.git
                git config user.name tester && git config user.email tester@example.org
                mkdir deploy
                echo 'services: {web: {image: "busybox:${TAG:-1}", env_file: web.env}}' > deploy/compose.yaml
                echo 'COLOR=blue' > deploy/web.env
                echo 'services: {base: {image: base}}' > base.yaml
                ln -s /etc deploy/away; ln -s /etc/hostname link.yaml
                git add -A && git commit -q -m one && git tag -a -m release v1
                git checkout -q -b next && sed -i s/busybox/changed/ deploy/compose.yaml && git commit -qam two
                git checkout -q main && git rev-parse HEAD
                """
            )
        }

        @Test func `of a repository are read with what lies beside them, at a branch, a tag or a commit`() throws {
            try onStage { stage in
                let commit = try makeRepository(on: stage)
                let (server, url) = try stage.gitServer()
                defer { server.send(15) }
                let config = try stage.does("-f", "\(url)/shop.git#main:deploy", "config", "--no-path-resolution")
                #expect(config.output.contains("image: busybox:1\n"), "\(config)")
                #expect(config.output.hasPrefix("name: shop\n"), "\(config)")
                #expect(try stage.does("-f", "\(url)/shop.git#main:deploy", "config").output.contains("COLOR: blue"))
                for (revision, image) in [("next", "changed:1"), ("v1", "busybox:1"), (commit, "busybox:1")] {
                    let images = try stage.does(
                        "-f",
                        "\(url)/shop.git#\(revision):deploy/compose.yaml",
                        "config",
                        "--images"
                    )
                    #expect(images.text == image)
                }
            }
        }

        @Test func `of a whole commit need no server once they are here`() throws {
            try onStage { stage in
                let commit = try makeRepository(on: stage)
                let (server, url) = try stage.gitServer()
                let pinned = "\(url)/shop.git#\(commit):deploy"
                try stage.does("-f", pinned, "config", "--quiet")
                server.send(15)
                _ = server.finish()
                #expect(try stage.does("-f", pinned, "config", "--images").text == "busybox:1")
                let moving = try stage.compose("-f", "\(url)/shop.git#main:deploy", "config")
                #expect(moving.code == 1 && moving.errors.contains("git ls-remote exited with"), "\(moving)")
            }
        }

        @Test func `are used by up on a terminal only when the user trusts them`() throws {
            try onStage { stage in
                _ = try makeRepository(on: stage)
                let (server, url) = try stage.gitServer()
                defer { server.send(15) }
                let reference = "\(url)/shop.git#main:deploy"
                let refused = try stage.onTerminal("-f \(reference) up --no-start", input: "n\n")
                #expect(refused.output.contains("Do you trust them?"), "\(refused)")
                #expect(refused.output.contains("canceled"), "\(refused)")
                #expect(try stage.docker("ps", "--all", "--quiet").output == "")
                try stage.does("-f", reference, "config", "--quiet")
            }
        }

        @Test func `can be included and extended, and mistakes say where they are named`() throws {
            try onStage { stage in
                _ = try makeRepository(on: stage)
                let (server, url) = try stage.gitServer()
                defer { server.send(15) }
                try stage.write(
                    """
                    include: ["\(url)/shop.git#main:deploy"]
                    services: {api: {extends: {file: "\(url)/shop.git#main:base.yaml", service: base}}}

                    """,
                    to: "compose.yaml"
                )
                let images = try stage.does("config", "--images", in: ["TAG": "7"]).lines
                #expect(images == ["base", "busybox:7"])
                try stage.write("include:\n  - \(url)/shop.git#nowhere\n", to: "compose.yaml")
                let refused = try stage.compose("config")
                #expect(refused.code == 1)
                #expect(refused.errors.contains("compose.yaml:2:5: include[0]: cannot fetch \(url)/shop.git#nowhere"))
                #expect(refused.errors.contains("has no branch, no tag and no commit \"nowhere\""), "\(refused)")
            }
        }

        @Test func `lead nowhere else on the machine`() throws {
            try onStage { stage in
                _ = try makeRepository(on: stage)
                let (server, url) = try stage.gitServer()
                defer { server.send(15) }
                for path in ["link.yaml", "deploy/away/hostname", "deploy/none.yaml"] {
                    let refused = try stage.compose("-f", "\(url)/shop.git#main:\(path)", "config")
                    #expect(refused.code == 1 && refused.output == "", "\(refused)")
                    #expect(refused.errors.contains("cannot fetch"), "\(refused)")
                }
                // These are no references, so nothing is fetched for them.
                for name in ["\(url)/shop.git#main:../../x", "\(url)/shop.git#--upload-pack=x", "ext::sh -c x"] {
                    let refused = try stage.compose("-f", name, "config")
                    #expect(refused.code == 1, "\(refused)")
                    #expect(!refused.errors.contains("git ls-remote"), "\(refused)")
                }
            }
        }

        /// Publishes files as a Compose artifact, and gives its digest.
        private func publish(
            _ files: [(name: String, text: String, annotations: String)],
            to repository: String,
            on stage: Stage
        ) throws -> String {
            var layers: [String] = []
            for (name, text, annotations) in files {
                try stage.write(text, to: name)
                let type = name.hasSuffix(".env") ? "envfile" : "file+yaml"
                let digest = try upload(name, to: repository, on: stage)
                layers.append(
                    """
                    {"mediaType": "application/vnd.docker.compose.\(type)", "digest": "\(digest)", \
                    "size": \(text.utf8.count), "annotations": {\(annotations)}}
                    """
                )
            }
            try stage.write("{}", to: "empty.json")
            let empty = try upload("empty.json", to: repository, on: stage)
            try stage.write(
                """
                {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "artifactType": "application/vnd.docker.compose.project",
                "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "\(empty)", "size": 2},
                "layers": [\(layers.joined(separator: ", "))]}
                """,
                to: "manifest.json"
            )
            return try stage.shell(
                """
                curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
                --data-binary @manifest.json http://\(repository.inRegistryInterface)/manifests/1
                echo sha256:$(sha256sum < manifest.json | cut -d' ' -f1)
                """
            )
        }

        private func upload(_ file: String, to repository: String, on stage: Stage) throws -> String {
            try stage.shell(
                """
                digest=sha256:$(sha256sum < \(file) | cut -d' ' -f1)
                place=$(curl -fsS -i -X POST http://\(repository.inRegistryInterface)/blobs/uploads/ | \
                grep -i '^location:' | tr -d '\\r' | cut -d' ' -f2)
                curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary @\(file) "$place&digest=$digest"
                echo $digest
                """
            )
        }

        @Test func `of a registry are read, and by digest without it once they are here`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let digest = try publish(
                    [
                        (
                            "one.yaml", "services: {web: {extends: {file: base.yaml, service: b}, env_file: w.env}}",
                            "\"com.docker.compose.file\": \"compose.yaml\""
                        ),
                        ("two.yaml", "services: {web: {image: two}}", "\"com.docker.compose.file\": \"over.yaml\""),
                        (
                            "base.yaml", "services: {b: {image: one, user: u}}",
                            "\"com.docker.compose.file\": \"base.yaml\", \"com.docker.compose.extends\": \"true\""
                        ),
                        ("w.env", "COLOR=red", "\"com.docker.compose.envfile\": \"w.env\""),
                    ],
                    to: "\(registry.host)/team/shop",
                    on: stage
                )
                let config = try stage.does("-f", "oci://\(registry.host)/team/shop:1", "config").output
                for expected in ["name: shop", "image: two", "user: u", "COLOR: red"] {
                    #expect(config.contains(expected), "\(expected) in \(config)")
                }
                registry.stop()
                let pinned = try stage.does("-f", "oci://\(registry.host)/team/shop@\(digest)", "config", "--images")
                #expect(pinned.text == "two")
            }
        }

        @Test(arguments: ["../escape.yaml", "/etc/escape.yaml", "a/b.yaml", "..", "", "compose.yaml"])
        func `of a registry that call themselves paths are refused`(name: String) throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                _ = try publish(
                    [
                        ("one.yaml", "services: {web: {image: x}}", "\"com.docker.compose.file\": \"compose.yaml\""),
                        (
                            "two.yaml", "services: {}",
                            "\"com.docker.compose.extends\": \"true\", \"com.docker.compose.file\": \"\(name)\""
                        ),
                    ],
                    to: "\(registry.host)/evil",
                    on: stage
                )
                let refused = try stage.compose("-f", "oci://\(registry.host)/evil:1", "config")
                #expect(
                    refused.code == 1 && refused.errors.contains("which is no name of a file beside it"),
                    "\(refused)"
                )
                #expect(try stage.shell("find .. -name 'escape*'") == "")
            }
        }

        @Test func `pin images to what their tags stand for`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                _ = try stage.docker("save", "-o", "busybox.tar", "busybox")
                try stage.shell(
                    "skopeo copy -q --dest-tls-verify=false docker-archive:busybox.tar docker://\(registry.host)/box:1"
                )
                let digest = try stage.shell(
                    "curl -fsS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "
                        + "http://\(registry.host)/v2/box/manifests/1 | sha256sum | cut -d' ' -f1"
                )
                try stage.write("services: {web: {image: '\(registry.host)/box:1', user: u}}\n", to: "compose.yaml")
                let pinned = "\(registry.host)/box:1@sha256:\(digest)"
                #expect(try stage.does("config", "--resolve-image-digests").output.contains("image: \(pinned)\n"))
                #expect(
                    try stage.does("config", "--lock-image-digests").output
                        == "services:\n  web:\n    image: \(pinned)\n"
                )
            }
        }
    }
}

extension String {
    /// `host/name` as the address of the registry's interface: `host/v2/name`.
    fileprivate var inRegistryInterface: String {
        let parts = split(separator: "/", maxSplits: 1)
        return "\(parts[0])/v2/\(parts[1])"
    }
}
