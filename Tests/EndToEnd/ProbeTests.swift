import Testing

extension EndToEnd {
    @Suite struct Probes {
        @Test func `a command in the shell form is given to the shell of the image`() throws {
            try onStage { stage in
                try stage.write("FROM busybox\nSHELL [\"/bin/sh\", \"-c\", \"echo via $0\"]\n", to: "Dockerfile")
                #expect(try stage.docker("build", "-q", "-t", "shelled", ".").code == 0)
                for (image, found) in [("shelled", "0 via exit 3\n"), ("busybox", "3 ")] {
                    let probe = ["--health-cmd", "exit 3", "--health-interval", "20ms", "--health-retries", "1"]
                    let started = try stage.docker(["run", "-d", "--init"] + probe + [image, "sleep", "1000"])
                    let format = "{{with index .State.Health.Log 0}}{{.ExitCode}} {{.Output}}{{end}}"
                    #expect(
                        try eventually {
                            try stage.docker("inspect", "--format", format, started.text).output == found + "\n"
                        },
                        "\(started)"
                    )
                }
            }
        }
    }
}
