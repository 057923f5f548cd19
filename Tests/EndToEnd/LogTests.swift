import Testing

extension EndToEnd {
    @Suite struct Logs {
        /// Numbered lines of all lengths up to 600 bytes, as fast as they can be made.
        private static let lines = """
            BEGIN { pad = sprintf("%600s", ""); for (i = 1; i <= n; i++) print i, substr(pad, 1, i % 600) }
            """

        /// Begins to write so many lines, to `wanted` as well; gives the container's identifier.
        @discardableResult
        private func write(_ count: Int, on stage: Stage, _ options: [String] = []) throws -> String {
            try stage.write(Self.lines, to: "lines")
            try stage.shell("busybox awk -v n=\(count) -f lines > wanted")
            let flags = ["run", "-d", "--name", "box", "--network", "none"] + options.flatMap { ["--log-opt", $0] }
            let started = try stage.docker(flags + ["busybox", "awk", "-v", "n=\(count)", Self.lines])
            #expect(started.code == 0, "\(started)")
            return started.text
        }

        @Test func `a container that writes as fast as it can loses no line`() throws {
            try onStage { stage in
                try write(60_000, on: stage)
                try stage.shell(
                    """
                    \(stage.programs)/docker logs --follow box | cmp - wanted
                    \(stage.programs)/docker logs box | cmp - wanted
                    awk -F '"' '{ print substr($4, 1, length($4) - 2) }' \(stage.root)/containers/*/log | cmp - wanted
                    \(stage.programs)/docker run --rm --network none busybox awk -v n=60000 "$(cat lines)" | cmp - wanted
                    """
                )
            }
        }

        @Test(arguments: ["compress=false", "compress=true"])
        func `whoever follows a log reads it to the end, however often a new file is begun`(option: String) throws {
            try onStage { stage in
                let started = try write(30_000, on: stage, ["max-size=200k", "max-file=200", option])
                try stage.shell("\(stage.programs)/docker logs --follow box | cmp - wanted")
                let files = entries(of: "\(stage.root)/containers/\(started)").filter { $0.hasPrefix("log") }
                #expect(files.count > 50)
                try stage.shell("\(stage.programs)/docker logs box | cmp - wanted")
            }
        }

        @Test(arguments: [["max-size=1m", "max-file=3"], ["max-size=1m", "max-file=3", "compress=true"]])
        func `of a log that is kept short the last files are whole`(options: [String]) throws {
            try onStage { stage in
                let started = try write(60_000, on: stage, options)
                try stage.docker("wait", "box")
                try stage.shell("\(stage.programs)/docker logs box > found")
                try stage.shell("tail -n $(wc -l < found) wanted | cmp - found")
                let packed = options.contains("compress=true") ? ".gz" : ""
                let files = entries(of: "\(stage.root)/containers/\(started)").filter { $0.hasPrefix("log") }
                #expect(files.sorted() == ["log", "log.1\(packed)", "log.2\(packed)"])
                let size = try #require(Int(stage.shell("stat -c %s found")))
                #expect(size > 1_700_000)
            }
        }
    }
}
