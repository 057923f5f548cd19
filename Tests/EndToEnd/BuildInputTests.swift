import Testing

extension EndToEnd {
    /// What builds are given from outside of their context.
    @Suite struct BuildInputs {
        @Test func `agents are forwarded by flags, and by the files with paths beside them`() throws {
            try onStage { stage in
                try stage.shell("ssh-keygen -q -N '' -t ed25519 -f key; mkdir keys && mv key key.pub keys")
                try stage.write(
                    """
                    FROM busybox
                    RUN --mount=type=ssh,required test -S $SSH_AUTH_SOCK && echo forwarded

                    """,
                    to: "Dockerfile"
                )
                let refused = try stage.docker("build", "--progress", "plain", ".")
                #expect(refused.code == 1, "\(refused)")
                #expect(refused.errors.contains("Dockerfile:2:1: ssh agent \"default\" is required"), "\(refused)")
                let build = try stage.docker("build", "--progress", "plain", "--ssh", "default=keys/key", ".")
                #expect(build.code == 0 && build.errors.contains(" forwarded\n"), "\(build)")
                let none = try stage.docker("build", "--ssh", "default", ".", in: ["SSH_AUTH_SOCK": ""])
                #expect(none.code != 0 && none.errors.contains("SSH_AUTH_SOCK is not set"), "\(none)")
                try stage.write(
                    "services: {app: {build: {context: ., no_cache: true, ssh: [default=keys/key]}}}\n",
                    to: "compose.yaml"
                )
                let project = try stage.does("--progress", "plain", "build")
                #expect((project.output + project.errors).contains(" forwarded\n"), "\(project)")
                try stage.write("services: {app: {build: .}}\n", to: "compose.yaml")
                try stage.does("build", "--no-cache", "--ssh", "default=keys/key")
            }
        }

        @Test func `rights are given by flags, and by the files`() throws {
            try onStage { stage in
                try stage.write(
                    """
                    FROM busybox
                    RUN --network=host --security=insecure mkdir -p /mnt && mount -t tmpfs none /mnt && ls /sys/class/net | grep -c . > /links

                    """,
                    to: "Dockerfile"
                )
                let refused = try stage.docker("build", "--allow", "network.host", ".")
                #expect(
                    refused.errors.contains("RUN --security=insecure needs --allow security.insecure"),
                    "\(refused)"
                )
                #expect(try stage.docker("build", "--allow", "device", ".").errors.contains("invalid entitlement"))
                let allowed = try stage.docker("build", "--allow", "network.host", "--allow", "security.insecure", ".")
                #expect(allowed.code == 0, "\(allowed)")
                for rights in [
                    "privileged: true, entitlements: [network.host]", "entitlements: [security.insecure, network.host]",
                ] {
                    try stage.write(
                        "services: {app: {build: {context: ., no_cache: true, \(rights)}}}\n",
                        to: "compose.yaml"
                    )
                    try stage.does("build")
                }
            }
        }

        @Test func `contexts are repositories, archives and Dockerfiles on standard input`() throws {
            try onStage { stage in
                try stage.shell(
                    """
                    git init -q -b main repositories/shop.git && cd repositories/shop.git
                    git config user.name tester && git config user.email tester@example.org
                    mkdir app && printf 'FROM busybox\\nCOPY note /note\\nCMD cat /note\\n' > app/Dockerfile
                    echo from git > app/note && git add -A && git commit -q -m one
                    """
                )
                let (server, url) = try stage.gitServer()
                defer { server.send(15) }
                let git = try stage.docker("build", "-t", "git", "\(url)/shop.git#main:app")
                #expect(git.code == 0, "\(git)")
                #expect(try stage.docker("run", "--rm", "git").text == "from git")
                let text = try stage.docker("build", "-t", "text", "-", input: "FROM busybox\nCMD echo from text\n")
                #expect(text.code == 0, "\(text)")
                #expect(try stage.docker("run", "--rm", "text").text == "from text")
                let piped = try stage.shell(
                    "tar -C repositories/shop.git/app -cJ . | \(stage.programs)/docker build -q -"
                )
                #expect(piped.hasPrefix("sha256:"), "\(piped)")
                let both = try stage.docker("build", "-f", "-", "-", input: "FROM busybox\n")
                #expect(both.code != 0 && both.errors.contains("can't use stdin for both"), "\(both)")
                try stage.write(
                    """
                    services:
                      base: {build: "\(url)/shop.git#main:app"}
                      app:
                        build:
                          dockerfile_inline: |
                            FROM base
                            COPY --from=notes /note /second
                            CMD cat /note /second
                          additional_contexts: {base: "service:base", notes: "\(url)/shop.git#main:app"}

                    """,
                    to: "compose.yaml"
                )
                try stage.does("build", "app")
                #expect(try stage.docker("run", "--rm", "work-app").lines == ["from git", "from git"])
            }
        }

        @Test func `limits, hosts and secrets of RUN are those of the flags, and those of the files`() throws {
            try onStage { stage in
                try stage.write(
                    """
                    FROM busybox
                    RUN --mount=type=secret,id=key,required ulimit -n && grep -c 'gate$' /etc/hosts && df -k /dev/shm | grep -o ' 8192 ' \\
                        && ls -ln /run/secrets/key | cut -c1-26

                    """,
                    to: "Dockerfile"
                )
                try stage.write("s3cret", to: "key")
                let flags = [
                    "build", "--progress", "plain", "--ulimit", "nofile=700:800", "--add-host", "gate:host-gateway",
                    "--shm-size", "8m",
                    "--secret", "id=key,src=key", "-m", "64m", "--cpu-shares", "512", "--isolation", "default", ".",
                ]
                let build = try stage.docker(flags)
                #expect(build.code == 0, "\(build)")
                for expected in [" 700\n", " 1\n", "  8192 \n", " -r--------    1 0        0"] {
                    #expect(build.errors.contains(expected), "\(expected) in \(build)")
                }
                for (flag, reason) in [
                    ("--add-host=x", "bad format for add-host"), ("--add-host=a:b", "invalid IP address in add-host"),
                    ("--tag=No", "must be in lower case"), ("--squash", "--squash is not supported"),
                    ("--isolation=hyperv", "Windows only"),
                    ("--ulimit=nofile=9:8", "soft limit"), ("--memory=1m", "Minimum memory limit"),
                ] {
                    let refused = try stage.docker("build", "--secret", "id=key,src=key", flag, "--no-cache", ".")
                    #expect(refused.code != 0 && refused.errors.contains(reason), "\(refused)")
                }
                let nowhere = try stage.docker("build", "nowhere")
                #expect(nowhere.errors.contains("/nowhere is not a folder"), "\(nowhere)")
                try stage.write(
                    """
                    services:
                      app:
                        build:
                          context: .
                          no_cache_filter: [last]
                          ulimits: {nofile: {soft: 700, hard: 800}}
                          extra_hosts: ["gate=host-gateway"]
                          shm_size: 8m
                          isolation: default
                          secrets: [{source: token, target: key, uid: "5", gid: "6", mode: 0440}]
                    secrets: {token: {environment: TOKEN}}

                    """,
                    to: "compose.yaml"
                )
                let project = try stage.does("--progress", "plain", "build", "--no-cache", in: ["TOKEN": "x"])
                let text = project.output + project.errors
                for expected in [" 700\n", " 1\n", " -r--r-----    1 5        6"] {
                    #expect(text.contains(expected), "\(expected) in \(project)")
                }
                #expect(try stage.compose("build").errors.contains("environment variable \"TOKEN\" required"))
            }
        }
    }
}
