import Testing

extension EndToEnd {
    /// Images that a build starts from, and that are at a registry.
    @Suite struct BasePulls {
        @Test func `of bases that are not here happen by themselves, and with --pull of those that are`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let base = "\(registry.host)/team/base:1"
                func publish(_ word: String) throws {
                    try stage.write("FROM busybox\nRUN echo \(word) > /word\n", to: "base.Dockerfile")
                    #expect(try stage.docker("build", "-q", "-t", base, "-f", "base.Dockerfile", ".").code == 0)
                    #expect(try stage.docker("push", "-q", base).code == 0)
                }
                try publish("one")
                try stage.docker("rmi", "-f", base)
                try stage.write(
                    "FROM \(base)\nCOPY --from=\(base) /word /copy\nRUN cat /word /copy\n",
                    to: "Dockerfile"
                )
                let build = try stage.docker("build", "--progress", "plain", "-t", "app", ".")
                #expect(build.code == 0, "\(build)")
                #expect(build.errors.contains("[internal] load metadata for \(base)"), "\(build)")
                #expect(build.errors.contains(" one\n"))

                try publish("two")
                try stage.docker("rmi", "-f", base)
                try stage.docker("pull", "-q", base)
                try publish("three")
                try stage.docker("tag", "busybox", base)
                let pulled = try stage.docker("build", "--pull", "--progress", "plain", "-t", "app", ".")
                #expect(pulled.code == 0 && pulled.errors.contains(" three\n"), "\(pulled)")

                try stage.write("services: {app: {build: .}}\n", to: "compose.yaml")
                try stage.docker("rmi", "-f", base)
                #expect(try stage.compose("build").code == 0)

                try stage.write("FROM busybox\n\nFROM \(registry.host)/team/none\n", to: "Dockerfile")
                let missing = try stage.docker("build", ".")
                #expect(missing.code == 1)
                let why = "\(registry.host)/team/none: failed to resolve source metadata: "
                #expect(missing.errors.contains("Dockerfile:3:1: \(why)"), "\(missing)")
            }
        }
    }
}
