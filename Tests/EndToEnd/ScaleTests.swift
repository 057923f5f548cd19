import Testing

extension EndToEnd {
    @Suite struct Scale {
        /// Brings so many containers up and takes them down again; gives the seconds that both took.
        private func time(_ count: Int, on stage: Stage) throws -> Double {
            let file = """
                services:
                  box:
                    image: busybox
                    command: sleep 1000
                    init: true
                    deploy: {replicas: \(count)}
                """
            try stage.write(file, to: "compose.yaml")
            let begin = now()
            let up = try stage.program("docker-compose", ["up", "-d"], [:]).run(seconds: 240)
            #expect(up.code == 0, "\(up)")
            let between = now()
            #expect(try stage.does("ps", "--quiet").lines.count == count)
            let format = "{{len .Containers}} {{range .Containers}}{{.IPv4Address}} {{end}}"
            let network = try stage.docker("network", "inspect", "-f", format, "work_default").text
            #expect(Set(network.split(separator: " ").dropFirst()).count == count)
            let asked = now()
            let down = try stage.program("docker-compose", ["down", "--timeout", "0"], [:]).run(seconds: 240)
            #expect(down.code == 0, "\(down)")
            #expect(entries(of: "\(stage.root)/containers/names").isEmpty)
            #expect(entries(of: "\(stage.root)/run/attachments").isEmpty)
            return (between - begin) + (now() - asked)
        }

        /// Twice what is linear leaves room for a machine that does other things meanwhile; quadratic would be five times.
        @Test func `two hundred containers come and go, at a cost that grows with their number and no faster`() throws {
            try onStage { stage in
                _ = try time(1, on: stage)
                let few = try time(40, on: stage)
                let many = try time(200, on: stage)
                #expect(many < 2 * 5 * few, "40 took \(few) s, 200 took \(many) s")
            }
        }
    }
}
