import Testing

extension EndToEnd {
    /// `--filter` of what lists and of what prunes.
    @Suite struct Filters {
        @Test func `of ps take regular expressions for names, and ports`() throws {
            try onStage { stage in
                for (name, more) in [("web", ["-p", "0:80", "--expose", "9000-9002"]), ("web-two", []), ("db", [])] {
                    let run = try stage.docker(["run", "-d", "--name", name] + more + ["busybox", "sleep", "100"])
                    #expect(run.code == 0, "\(run)")
                }
                func names(_ filters: String...) throws -> [Substring] {
                    let flags = filters.flatMap { ["--filter", $0] }
                    return try stage.docker(["ps", "--format", "{{.Names}}"] + flags).lines.sorted()
                }
                #expect(try names("name=web") == ["web", "web-two"])
                #expect(try names("name=^web$") == ["web"])
                #expect(try names("name=^/(web|db)$") == ["db", "web"])
                #expect(try names("name=^web$", "name=db") == ["db", "web"])
                #expect(try names("expose=80") == ["web"])
                #expect(try names("expose=9001/tcp") == ["web"])
                #expect(try names("expose=9001/udp") == [])
                #expect(try names("publish=1-65535") == ["web"])
                #expect(try names("publish=80") == [])
                let wrong = try stage.docker("ps", "--filter", "publish=8080:80")
                #expect(wrong.code != 0 && wrong.errors.contains("invalid filter 'publish=8080:80'"), "\(wrong)")
                try stage.docker("rm", "-f", "web", "web-two", "db")
            }
        }

        @Test func `of prunes spare what has a label or is young`() throws {
            try onStage { stage in
                for (name, label) in [("one", "keep=yes"), ("two", "keep=no"), ("three", "other=1")] {
                    try stage.docker("create", "--name", name, "--label", label, "busybox", "true")
                    try stage.docker("network", "create", "--label", label, name)
                    try stage.docker("volume", "create", "--label", label, name)
                }
                func prune(_ what: String, _ filters: String...) throws -> Outcome {
                    let flags = filters.flatMap { ["--filter", $0] }
                    return try stage.docker([what, "prune", "-f"] + (what == "volume" ? ["-a"] : []) + flags)
                }
                #expect(try !prune("container", "until=1h").output.contains("Deleted"))
                #expect(try !prune("network", "until=1h").output.contains("Deleted"))
                #expect(try prune("container", "label!=keep=yes", "label=keep").lines.count == 3)
                #expect(try stage.docker("ps", "-a", "--format", "{{.Names}}").lines.sorted() == ["one", "three"])
                #expect(try prune("network", "label!=keep").lines == ["Deleted Networks:", "three"])
                #expect(try prune("volume", "label!=keep=yes").output.contains("Deleted Volumes:\n"))
                #expect(try stage.docker("volume", "ls", "-q").text == "one")
                #expect(try stage.docker("volume", "ls", "-q", "-f", "name=^o.e$").text == "one")
                #expect(try stage.docker("volume", "ls", "-q", "-f", "name=^n").text == "")
                #expect(try prune("volume", "until=1h").errors.contains("invalid filter 'until'"))
                let system = try stage.docker("system", "prune", "-f", "--filter", "label!=keep=yes")
                #expect(system.output.contains("Deleted Networks:\ntwo\n"), "\(system)")
                #expect(try stage.docker("ps", "-a", "--format", "{{.Names}}").text == "one")
                let late = try stage.docker("system", "prune", "-f", "--filter", "until=2001-01-01")
                #expect(late.code == 0 && late.output == "Total reclaimed space: 0B\n", "\(late)")
                #expect(try stage.docker("logs", "--until", "9999-12-31", "one").code == 0)
                let both = try stage.docker("system", "prune", "-f", "--volumes", "--filter", "until=1h")
                #expect(both.errors.contains(#"the "until" filter is not supported with "--volumes""#))
                try stage.docker("rm", "one")
                try stage.docker("network", "rm", "one")
                try stage.docker("volume", "rm", "one")
            }
        }
    }
}
