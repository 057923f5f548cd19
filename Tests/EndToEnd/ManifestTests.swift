import Glibc
import Testing

extension EndToEnd {
    /// Indexes that are put together at registries.
    @Suite(.enabled("needs docker-registry and skopeo") { access("/usr/bin/skopeo", X_OK) == 0 })
    struct Manifests {
        /// Pushes an image for a platform, and gives its digest.
        private func push(_ name: String, _ platform: String, _ stage: Stage) throws -> String {
            let archive = try stage.docker("export", "-o", "tree.tar", "tree")
            #expect(archive.code == 0)
            #expect(try stage.docker("import", "--platform", platform, "-m", platform, "tree.tar", name).code == 0)
            let push = try stage.docker("push", name)
            #expect(push.code == 0, "\(push)")
            return String(push.lines.last?.split(separator: " ")[2] ?? "")
        }

        /// Two images for two platforms, in two repositories of one registry.
        private func withImages(_ body: (Stage, StageRegistry, (amd64: String, arm64: String)) throws -> Void) throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                #expect(try stage.docker("create", "--name", "tree", "busybox", "true").code == 0)
                let amd64 = try push("\(registry.host)/one:amd64", "linux/amd64", stage)
                let arm64 = try push("\(registry.host)/two:arm64", "linux/arm64/v8", stage)
                try body(stage, registry, (amd64, arm64))
            }
        }

        @Test func `are drafted, annotated, shown and pushed as Docker does`() throws {
            try withImages { stage, registry, digests in
                let host = registry.host
                let names = ["\(host)/one:amd64", "\(host)/two:arm64"]
                let create = try stage.docker(["manifest", "create", "\(host)/both:1"] + names)
                #expect(create.output == "Created manifest list \(host)/both:1\n", "\(create)")
                let again = try stage.docker(["manifest", "create", "\(host)/both:1"] + names)
                #expect(again.code == 1)
                #expect(again.errors.contains("refusing to amend an existing manifest list with no --amend flag"))
                let annotate = try stage.docker(
                    "manifest",
                    "annotate",
                    "--variant",
                    "v9",
                    "--os-version",
                    "7",
                    "\(host)/both:1",
                    names[1]
                )
                #expect(annotate.code == 0, "\(annotate)")

                let push = try stage.docker("manifest", "push", "--purge", "\(host)/both:1")
                #expect(
                    push.lines.dropLast() == [
                        "Pushed ref \(host)/both@\(digests.amd64) with digest: \(digests.amd64)",
                        "Pushed ref \(host)/both@\(digests.arm64) with digest: \(digests.arm64)",
                    ],
                    "\(push)"
                )
                let raw = try stage.machine(
                    "skopeo",
                    "inspect",
                    "--raw",
                    "--tls-verify=false",
                    "docker://\(host)/both:1"
                )
                let shown = try stage.docker("manifest", "inspect", "\(host)/both:1")
                let compact = { (text: String) in text.filter { !$0.isWhitespace } }
                #expect(compact(shown.output) == compact(raw.output))
                #expect(
                    compact(raw.output).contains(
                        #""architecture":"arm64","os":"linux","os.version":"7","variant":"v9""#
                    )
                )
                #expect(try stage.docker("manifest", "rm", "\(host)/both:1").errors.contains("No such manifest"))

                // What the index names is in its own repository now.
                let copied = "docker://\(host)/both@\(digests.arm64)"
                #expect(try stage.machine("skopeo", "inspect", "--tls-verify=false", "--raw", copied).code == 0)
                let pull = try stage.docker("pull", "--platform", "linux/amd64", "\(host)/both:1")
                #expect(pull.code == 0, "\(pull)")
                #expect(try stage.docker("run", "--rm", "\(host)/both:1", "echo", "hello").output == "hello\n")
            }
        }

        @Test func `are made of what another registry has`() throws {
            try withImages { stage, registry, digests in
                let other = try StageRegistry(stage)
                let names = ["\(registry.host)/one:amd64", "\(registry.host)/two:arm64"]
                let create = try stage.docker(
                    ["buildx", "imagetools", "create", "-t", "\(other.host)/all:1", "--annotation", "a=b"] + names
                )
                #expect(create.code == 0, "\(create)")
                let inspect = try stage.docker("buildx", "imagetools", "inspect", "\(other.host)/all:1")
                #expect(
                    inspect.lines.filter { !$0.contains("Digest:") } == [
                        "Name:      \(other.host)/all:1", "MediaType: application/vnd.oci.image.index.v1+json",
                        "Manifests:", "  Name:      \(other.host)/all:1@\(digests.amd64)",
                        "  MediaType: application/vnd.oci.image.manifest.v1+json", "  Platform:  linux/amd64",
                        "  Name:      \(other.host)/all:1@\(digests.arm64)",
                        "  MediaType: application/vnd.oci.image.manifest.v1+json", "  Platform:  linux/arm64",
                    ],
                    "\(inspect)"
                )
                let raw = try stage.docker("buildx", "imagetools", "inspect", "--raw", "\(other.host)/all:1")
                #expect(raw.output.contains("\"annotations\": {\n    \"a\": \"b\"\n  }"))
                let digest = try stage.docker(
                    "buildx",
                    "imagetools",
                    "inspect",
                    "--format",
                    "{{.Manifest.Digest}}",
                    "\(other.host)/one:1"
                )
                #expect(digest.code == 1)
                let less = try stage.docker(
                    "buildx",
                    "imagetools",
                    "create",
                    "--dry-run",
                    "-p",
                    "linux/amd64",
                    "\(other.host)/all:1"
                )
                #expect(less.output.contains(digests.amd64) && !less.output.contains(digests.arm64))
                #expect(try stage.docker("pull", "\(other.host)/all:1").code == 0)
                let tools = ["buildx", "imagetools"]
                let plain = ["create", "--prefer-index=false", "-t", "\(other.host)/one:1", names[0]]
                #expect(try stage.docker(tools + plain).code == 0)
                let one = try stage.docker(
                    tools + ["inspect", "--format", "{{.Manifest.Digest}}", "\(other.host)/one:1"]
                )
                #expect(one.text == digests.amd64, "\(one)")

                let field = try shown("{{.Manifest.Digest}} {{json .Manifest}}", "\(other.host)/all:1", stage)
                let sum = field.prefix { $0 != " " }
                #expect(field.contains(#""digest":"\#(sum)""#), "\(field)")
                #expect(field.contains(#""mediaType":"application/vnd.oci.image.index.v1+json""#), "\(field)")
                let again = "\(registry.host)/copy:1"
                let copy = try stage.docker("buildx", "imagetools", "create", "-t", again, "\(other.host)/all:1")
                #expect(copy.code == 0, "\(copy)")
                #expect(try shown("{{.Manifest.Digest}}", again, stage) == sum + "\n")
                #expect(try stage.docker("pull", again).code == 0)
            }
        }

        private func shown(_ format: String, _ name: String, _ stage: Stage) throws -> String {
            let inspect = try stage.docker("buildx", "imagetools", "inspect", "--format", format, name)
            #expect(inspect.code == 0, "\(inspect)")
            return inspect.output
        }

        @Test func `are made of digests and descriptors, with remarks where they belong`() throws {
            try withImages { stage, registry, digests in
                let target = "\(registry.host)/one"
                try stage.write(
                    #"{"digest":"\#(digests.amd64)","platform":{"os":"linux","architecture":"riscv64"},"#
                        + #""annotations":{"from":"file"}}"# + "\n",
                    to: "descriptor.json"
                )
                let create = ["buildx", "imagetools", "create", "--dry-run", "-t", target]
                let remarks = ["index:of=all", "manifest-descriptor[linux/riscv64]:for=one"].flatMap {
                    ["--annotation", $0]
                }
                let made = try stage.docker(create + remarks + ["-f", "descriptor.json"])
                #expect(made.code == 0, "\(made)")
                try stage.write(made.output, to: "index.json")
                #expect(try stage.shell("jq -c .annotations index.json") == #"{"of":"all"}"#)
                #expect(
                    try stage.shell("jq -Sc '.manifests[] | [.digest, .platform, .annotations]' index.json")
                        == #"["\#(digests.amd64)",{"architecture":"riscv64","os":"linux"},{"for":"one","from":"file"}]"#
                )
                let pinned = try stage.docker(create + [digests.amd64])
                #expect(pinned.output.contains(digests.amd64), "\(pinned)")
                let level = try stage.docker(create + ["--annotation", "manifest:a=b", digests.amd64])
                #expect(level.code != 0 && level.errors.contains("level index or manifest-descriptor, not manifest"))
                let upper = try stage.docker("buildx", "imagetools", "create", "--dry-run", "Foo")
                #expect(upper.errors.contains("the repository must be in lower case"), "\(upper)")
            }
        }
    }
}
