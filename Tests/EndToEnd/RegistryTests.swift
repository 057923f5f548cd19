import Glibc
import Testing

extension EndToEnd {
    @Suite(.enabled("needs docker-registry and htpasswd") { access("/usr/bin/htpasswd", X_OK) == 0 })
    struct Registries {
        @Test func `log in, push, forget, pull and log out`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage, user: "user", password: "secret-word")
                let home = ["DOCKER_CONFIG": "\(stage.folder)/docker"]
                let name = "\(registry.host)/team/box"
                #expect(try stage.docker("tag", "busybox", name).code == 0)
                let denied = try stage.docker("push", name, in: home)
                #expect(denied.code == 1)
                #expect(denied.errors.contains("push \(name):latest: \(registry.host): no basic auth credentials"))

                let login = try stage.docker(
                    "login",
                    "--username",
                    "user",
                    "--password-stdin",
                    registry.host,
                    input: "secret-word\n",
                    in: home
                )
                #expect(login.output == "Login Succeeded\n", "\(login)")
                #expect(!login.errors.contains("secret-word"))
                let again = try stage.docker("login", registry.host, in: home)
                #expect(again.output == "Authenticating with existing credentials...\nLogin Succeeded\n", "\(again)")

                let push = try stage.docker("push", name, in: home)
                #expect(push.code == 0, "\(push)")
                #expect(push.lines[0] == "Using default tag: latest")
                #expect(push.lines[1] == "The push refers to repository [\(name)]")
                #expect(push.lines[2].hasSuffix(": Preparing"))
                #expect(push.lines[3].hasSuffix(": Pushed"))
                #expect(push.lines[4].hasPrefix("latest: digest: sha256:"))
                let digest = push.lines[4].split(separator: " ")[2]

                #expect(try stage.docker("rmi", name, "busybox").code == 0)
                let pull = try stage.docker("pull", "\(name):latest", in: home)
                #expect(pull.code == 0, "\(pull)")
                #expect(pull.lines.first == "latest: Pulling from team/box")
                #expect(
                    pull.lines.suffix(3) == [
                        "Digest: \(digest)", "Status: Downloaded newer image for \(name):latest", "\(name):latest",
                    ]
                )
                let quiet = try stage.docker("pull", "-q", "\(name)@\(digest)", in: home)
                #expect(quiet.output == "\(name)@\(digest)\n")
                #expect(try stage.docker("push", "--quiet", "--all-tags", name, in: home).output == "\(name)\n")
                #expect(try stage.docker("pull", "--all-tags", name, in: home).lines.last == Substring(name))
                #expect(try stage.docker("rmi", name).code == 0)
                let pinned = try stage.docker("pull", "\(name):other@\(digest)", in: home)
                #expect(pinned.lines.first == "\(name)@\(digest): Pulling from team/box", "\(pinned)")
                #expect(pinned.lines.last == "\(name):other@\(digest)")
                let format = "{{.Repository}} {{.Tag}} {{.Digest}}"
                #expect(try stage.docker("images", "--format", format, name).text == "\(name) <none> \(digest)")
                let out = try stage.docker("--config", "docker", "logout", registry.host)
                #expect(out.output == "Removing login credentials for \(registry.host)\n")
                #expect(try stage.docker("pull", name, in: home).code == 1)
            }
        }

        @Test func `a project's images go to a registry, and come by a mirror`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                try stage.write("FROM busybox\nLABEL a=b\n", to: "Dockerfile")
                let file = """
                    services:
                      built:
                        build: {context: ., tags: ["\(registry.host)/library/tool:2"]}
                        image: \(registry.host)/library/tool:1
                      plain: {image: busybox}
                    """
                try stage.write(file, to: "compose.yaml")
                try stage.does("build")
                let push = try stage.does("push")
                #expect(push.errors.contains("Image \(registry.host)/library/tool:1 Pushed"), "\(push)")
                #expect(push.errors.contains("Image \(registry.host)/library/tool:2 Pushed"), "\(push)")
                #expect(push.errors.contains("Image busybox Skipped"), "\(push)")
                #expect(try stage.compose("push", "nobody").code == 1)

                try stage.write(#"{"registry-mirrors": ["http://\#(registry.host)"]}"#, to: "daemon.json")
                let settings = ["TUTTI_CONFIG": stage.folder]
                let pull = try stage.docker("pull", "--quiet", "tool:1", in: settings)
                #expect(pull.output == "docker.io/library/tool:1\n", "\(pull)")
                let label = try stage.docker("image", "inspect", "--format", "{{.Config.Labels.a}}", "tool:1")
                #expect(label.output == "b\n")
                try stage.write(#"{"registry-mirrors": "x"}"#, to: "daemon.json")
                let broken = try stage.docker("pull", "tool:1", in: settings)
                #expect(broken.code == 1 && broken.errors.contains("\(stage.folder)/daemon.json"), "\(broken)")
            }
        }
    }
}
