import Testing

extension EndToEnd {
    @Suite struct Images {
        @Test func `lists and prunes by label and age`() throws {
            try onStage { stage in
                for label in ["keep=yes", "keep=no"] {
                    let built = try stage.docker(
                        "build",
                        "--quiet",
                        "--label",
                        label,
                        "--file",
                        "-",
                        ".",
                        input: "FROM busybox\n"
                    )
                    #expect(built.code == 0, "\(built)")
                }
                func count(_ filters: String...) throws -> Int {
                    var arguments = ["images", "--quiet"]
                    for filter in filters { arguments += ["--filter", filter] }
                    return try stage.program("docker", arguments, [:]).run().lines.count
                }
                #expect(try count() == 3)
                #expect(try count("dangling=true") == 2)
                #expect(try count("label=keep=yes") == 1)
                #expect(try count("until=1h") == 0)
                #expect(try count("until=2100-01-01", "dangling=false") == 1)
                let wrong = try stage.docker("images", "--filter", "until=soon")
                #expect(wrong.code == 1 && wrong.errors.contains("invalid filter 'until=soon'"), "\(wrong)")

                #expect(
                    try stage.docker("image", "prune", "--force", "--filter", "until=1h").text
                        == "Total reclaimed space: 0B"
                )
                let pruned = try stage.docker("image", "prune", "--force", "--filter", "label!=keep=yes")
                #expect(pruned.lines.first == "Deleted Images:", "\(pruned)")
                #expect(try count("label=keep=yes") == 1)
                #expect(try count() == 2)
            }
        }

        @Test func `know for which platform they are`() throws {
            try onStage { stage in
                let archive = "\(stage.folder)/image.tar"
                #expect(try stage.docker("save", "--output", archive, "busybox").code == 0)
                let other = try stage.docker("save", "--platform", "linux/s390x", "busybox")
                #expect(other.code == 1)
                #expect(
                    other.errors.contains(
                        "image with reference busybox was found but does not provide the specified platform (linux/s390x)"
                    )
                )
                #expect(try stage.docker("load", "--quiet", "--input", archive).text == "Loaded image: busybox:latest")
                let imported = try stage.docker("import", "--platform", "linux/arm64", archive, "foreign")
                #expect(imported.code == 0, "\(imported)")
                let format = "{{.Os}}/{{.Architecture}}"
                #expect(try stage.docker("inspect", "--format", format, "foreign").text == "linux/arm64")
                let history = try stage.docker("history", "--human=false", "--format", "{{.Size}}", "busybox")
                #expect(Int(history.text) != nil, "\(history)")
            }
        }
    }
}
