import Glibc
import Testing

extension EndToEnd {
    /// Images for several platforms.
    @Suite struct Platforms {
        private static let dockerfile = """
            FROM --platform=$BUILDPLATFORM busybox AS make
            RUN echo same > /same
            ARG TARGETARCH TARGETVARIANT
            RUN echo $TARGETARCH$TARGETVARIANT > /word
            FROM base
            COPY --from=make /same /word /

            """
        private static let platforms = "--platform=linux/amd64,linux/arm/v7"

        /// A base for each of two platforms, in one index at a registry.
        private func publishBase(_ stage: Stage, _ host: String) throws {
            try stage.shell("mkdir tree && echo base > tree/base && tar -C tree -cf tree.tar .")
            try stage.write("FROM scratch\nADD tree.tar /\n", to: "base.Dockerfile")
            let flags = ["-f", "base.Dockerfile", Self.platforms, "--push", "--provenance=false"]
            let built = try stage.docker(["build"] + flags + ["-t", "\(host)/base", "."])
            #expect(built.code == 0, "\(built)")
            #expect(try stage.docker("rmi", "-f", "\(host)/base").code == 0)
        }

        private func withBoth(_ body: (Stage, String) throws -> Void) throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                try publishBase(stage, registry.host)
                try stage.write(
                    Self.dockerfile.replacing("FROM base", with: "FROM \(registry.host)/base"),
                    to: "Dockerfile"
                )
                try body(stage, registry.host)
            }
        }

        @Test func `are built from bases for each, and pushed as one index`() throws {
            try withBoth { stage, host in
                let name = "\(host)/web:1"
                let build = ["build", Self.platforms, "--progress=plain", "--push", "-t", name]
                let built = try stage.docker(build + ["--metadata-file=m.json", "--iidfile=iid", "."])
                #expect(built.code == 0, "\(built)")
                for line in [
                    "[linux/amd64 internal] load metadata for \(host)/base:latest",
                    "[linux/arm/v7 internal] load metadata for \(host)/base:latest",
                    "[linux/amd64->arm/v7 make 3/3] RUN", "exporting manifest list sha256:",
                ] {
                    #expect(built.errors.contains(line), "\(built)")
                }
                #expect(built.errors.ranges(of: "RUN echo same > /same\n").count == 1, "\(built)")
                let digest = try stage.shell("cat iid")
                #expect(try stage.shell("jq -r '.\"containerimage.digest\"' m.json") == digest)
                #expect(
                    try stage.shell("jq -r 'keys[]' m.json | grep provenance") == """
                        buildx.build.provenance/linux/amd64
                        buildx.build.provenance/linux/arm/v7
                        """
                )
                try stage.shell("skopeo inspect --tls-verify=false --raw docker://\(name) > index.json")
                #expect(try stage.shell("echo sha256:$(sha256sum < index.json | cut -d' ' -f1)") == digest)
                let entries = #"[.platform.os, .platform.architecture, .platform.variant // "-"] | join(" ")"#
                #expect(
                    try stage.shell("jq -r '.manifests[] | \(entries)' index.json") == """
                        linux amd64 -
                        linux arm v7
                        unknown unknown -
                        unknown unknown -
                        """
                )
                let tools = try stage.docker("buildx", "imagetools", "inspect", name)
                #expect(tools.output.contains("Platform:  linux/arm/v7") && tools.output.contains(digest), "\(tools)")
                let verbose = try stage.docker("manifest", "inspect", "--insecure", name)
                #expect(verbose.output.contains("\"variant\": \"v7\""), "\(verbose)")
                try stage.shell("skopeo copy --all --quiet --src-tls-verify=false docker://\(name) oci:copy:1")
                let arm = "--override-os linux --override-arch arm --override-variant v7"
                #expect(
                    try stage.shell("skopeo \(arm) inspect --tls-verify=false docker://\(name) | jq -r .Architecture")
                        == "arm"
                )
                #expect(try stage.docker("images", "--format", "{{.Repository}}").output.contains("\(host)/web\n"))
                #expect(try stage.docker("images", "-q", name).lines.count == 1)
            }
        }

        @Test func `are given out as files, archives and images of this machine`() throws {
            try withBoth { stage, host in
                let outputs = ["--output=files", "--output=type=tar,dest=files.tar", "--output=type=oci,dest=a.tar"]
                let build = ["build", Self.platforms, "--provenance=false", "-t", "web"]
                let built = try stage.docker(build + outputs + ["--output=type=image", "."])
                #expect(built.code == 0, "\(built)")
                #expect(try stage.shell("cat files/linux_amd64/word files/linux_arm_v7/word") == "amd64\narmv7")
                #expect(try stage.shell("tar tf files.tar | grep word") == "linux_amd64/word\nlinux_arm_v7/word")
                #expect(try stage.shell("cat files/linux_arm_v7/base files/linux_arm_v7/same") == "base\nsame")
                func word(_ name: String, _ platform: String) throws -> String {
                    #expect(try stage.docker("create", "--platform", platform, "--name=box", name, "x").code == 0)
                    defer { _ = try? stage.docker("rm", "box") }
                    return try stage.docker("cp", "box:/word", "-").output.contains("armv7") ? "arm" : "amd64"
                }
                #expect(try word("web", "linux/arm/v7") == "arm" && word("web", "linux/amd64") == "amd64")
                #expect(try stage.docker("image", "inspect", "web", "-f", "{{.Architecture}}").text == "amd64")
                let lacking = try stage.docker("create", "--platform=linux/s390x", "--pull=never", "web", "x")
                #expect(lacking.code == 125 || lacking.code == 1, "\(lacking)")
                #expect(try stage.docker("save", "-o", "saved.tar", "web").code == 0)
                let unforced = try stage.docker("rmi", "--platform=linux/arm/v7", "web")
                #expect(unforced.code == 1 && unforced.errors.contains("Use force to delete"), "\(unforced)")
                #expect(try stage.docker("rmi", "-f", "--platform=linux/arm/v7", "web").code == 0)
                #expect(try stage.docker("image", "inspect", "--platform=linux/arm/v7", "web").code == 1)
                #expect(try stage.docker("image", "inspect", "--platform=linux/amd64", "web").code == 0)
                #expect(try stage.docker("rmi", "web").code == 0)
                for archive in ["a.tar", "saved.tar"] {
                    #expect(try stage.docker("load", "-i", archive).output == "Loaded image: web:latest\n")
                    #expect(try word("web", "linux/arm/v7") == "arm")
                    #expect(try stage.docker("rmi", "web").code == 0)
                }
                // Building for another platform has not changed what the base's name means here.
                let base = try stage.docker("image", "inspect", "\(host)/base", "-f", "{{.Architecture}}")
                #expect(base.text == "amd64")
            }
        }

        @Test func `are all built by a project, of which one runs`() throws {
            try withBoth { stage, host in
                let file = """
                    services:
                      web:
                        image: \(host)/shop
                        command: ["cat", "/word"]
                        build: {context: ., dockerfile_inline: "FROM busybox\\nARG TARGETARCH\\nCOPY base-$$TARGETARCH /word\\n", platforms: [linux/amd64]}
                      both: {image: "\(host)/both", build: {context: ., platforms: [linux/amd64, linux/arm/v7]}, profiles: [x]}

                    """
                try stage.write(file, to: "compose.yaml")
                try stage.write("here\n", to: "base-amd64")
                let built = try stage.compose("--profile=x", "build", "--push")
                #expect(built.code == 0, "\(built)")
                let platforms =
                    "skopeo inspect --tls-verify=false --raw docker://\(host)/both | jq -r '.manifests[].platform.architecture'"
                #expect(try stage.shell(platforms) == "amd64\narm\nunknown\nunknown")
                let up = try stage.compose("up")
                #expect(up.code == 0 && up.output.contains("here"), "\(up)")
                #expect(try stage.compose("down").code == 0)
                try stage.write(
                    "services: {far: {image: \(host)/base, platform: linux/arm/v7, command: [x]}}\n",
                    to: "far.yaml"
                )
                #expect(try stage.compose("-f", "far.yaml", "create").code == 0)
                let image = try stage.compose("-f", "far.yaml", "images", "--format", "json")
                #expect(image.output.contains("\"Platform\":\"linux/arm/v7\""), "\(image)")
                #expect(try stage.compose("-f", "far.yaml", "down").code == 0)
                let refused = try stage.compose("build", "web", in: ["DOCKER_DEFAULT_PLATFORM": "linux/s390x"])
                #expect(refused.code == 1)
                let why = "build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: linux/s390x"
                #expect(refused.errors.contains("service \"web\" \(why)"), "\(refused)")
                let given = ["DOCKER_DEFAULT_PLATFORM": "linux/arm/v7"]
                #expect(try stage.compose("--profile=x", "build", "both", in: given).code == 0)
                #expect(try stage.docker("build", "-q", "-t", "usual", ".", in: given).code == 0)
                let usual = try stage.docker("image", "inspect", "usual", "-f", "{{.Architecture}}{{.Variant}}")
                #expect(usual.text == "armv7")
            }
        }

        /// A program for a processor that the kernel knows no more of than how its programs begin: what follows is a
        /// script of the shell that is registered for it.
        @Test(.enabled(if: kernelTakesHandlers))
        func `run their commands through what is registered with the kernel`() throws {
            try onStage { stage in
                try stage.shell(
                    #"""
                    mkdir shell handlers
                    cp /bin/busybox shell/sh
                    printf '\x7fELF\x02\x01############\x02\x01\necho "$0 $1" > /made\n' > program
                    chmod +x program
                    mount -t binfmt_misc binfmt_misc handlers
                    """#
                )
                defer { _ = try? stage.shell("echo -1 > handlers/tutti-test; umount handlers") }
                try stage.write("FROM scratch\nCOPY program /\nRUN [\"/program\", \"word\"]\n", to: "Dockerfile")
                let build = ["build", "--platform=linux/loong64", "--output=out", "."]
                let mask = #"\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff"#
                let handler = #":tutti-test:M::\x7fELF\x02\x01############\x02\x01:\#(mask):\#(stage.folder)/shell/sh:"#
                // Of a processor that there is not.
                let refused = try stage.docker("build", "--platform=linux/nothing", ".")
                let why = "Dockerfile:3:1: RUN for linux/nothing on linux/amd64: no emulator is registered"
                #expect(refused.code == 1 && refused.errors.contains(why), "\(refused)")
                try stage.shell("printf '%s' '\(handler)' > handlers/register")
                let unfixed = try stage.docker(build)
                #expect(unfixed.errors.contains("handler tutti-test starts \(stage.folder)/shell/sh"), "\(unfixed)")
                try stage.shell("echo -1 > handlers/tutti-test; printf '%s' '\(handler)F' > handlers/register")
                let built = try stage.docker(build)
                #expect(built.code == 0, "\(built)")
                #expect(try stage.shell("cat out/made") == "/program word")
            }
        }
    }
}

/// Whether the kernel can be told of handlers.
private var kernelTakesHandlers: Bool { access("/proc/sys/fs/binfmt_misc", F_OK) == 0 }
