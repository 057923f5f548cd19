import Testing

extension EndToEnd {
    @Suite struct Volumes {
        @Test func `each kind of mount is what it is`() throws {
            try onStage("volumes") { stage in
                try stage.does("up", "-d")
                func inside(_ script: String) throws -> String {
                    try stage.compose("exec", "-T", "box", "sh", "-c", script).text
                }
                #expect(try inside("cat /shared/note") == "from the host")
                #expect(try inside("echo back > /shared/reply; cat /frozen/reply") == "back")
                #expect(text(of: "\(stage.folder)/shared/reply") == "back\n")
                #expect(try inside("touch /frozen/x 2> /dev/null || echo refused") == "refused")
                #expect(try inside("df -k /memory | tail -1 | awk '{print $1, $2}'") == "tmpfs 1024")
                #expect(try inside("cat /seed/file; stat -c '%u:%g %a' /seed") == "sown\n33:33 750")
                #expect(try inside("ls /seed2 | wc -l") == "0")
                #expect(try inside("touch /named/x /anonymous/x && echo written") == "written")
            }
        }

        @Test func `named volumes outlive down, and not down --volumes`() throws {
            try onStage("volumes") { stage in
                try stage.does("up", "-d")
                try stage.does("exec", "box", "sh", "-c", "echo kept > /named/file")
                try stage.does("down")
                #expect(
                    Set(try stage.docker("volume", "ls", "--quiet").lines.map(String.init)).isSuperset(
                        of: ["volumes_named", "volumes_seeded", "volumes_by_another_name"]
                    )
                )
                try stage.does("up", "-d")
                #expect(try stage.does("exec", "box", "cat", "/named/file").output == "kept\n")
                try stage.does("down", "--volumes")
                #expect(try stage.docker("volume", "ls", "--quiet", "--filter", "name=volumes_").output == "")
            }
        }

        @Test func `an anonymous volume stays with its service when it is replaced`() throws {
            try onStage("volumes") { stage in
                try stage.does("up", "-d")
                try stage.does("exec", "box", "sh", "-c", "echo kept > /anonymous/file")
                try stage.does("up", "-d", "--force-recreate")
                #expect(try stage.does("exec", "box", "cat", "/anonymous/file").output == "kept\n")
            }
        }

        @Test func `volumes by hand: made, used, dangling, pruned`() throws {
            try onStage { stage in
                #expect(try stage.docker("volume", "create", "mine").output == "mine\n")
                #expect(
                    try stage.docker("run", "--rm", "-v", "mine:/v", "busybox", "sh", "-c", "echo 1 > /v/f").code == 0
                )
                #expect(try stage.docker("run", "--rm", "-v", "mine:/v", "busybox", "cat", "/v/f").output == "1\n")
                #expect(try stage.docker("volume", "inspect", "mine").output.contains("\"Name\": \"mine\""))
                #expect(try stage.docker("volume", "ls", "-q", "-f", "dangling=true").output == "mine\n")
                let box = try stage.docker("run", "-d", "--name", "user", "-v", "mine:/v", "busybox", "sleep", "1000")
                #expect(box.code == 0, "\(box)")
                #expect(try stage.docker("volume", "ls", "-q", "-f", "dangling=true").output == "")
                let refused = try stage.docker("volume", "rm", "mine")
                #expect(refused.code == 1 && refused.errors.contains("in use"), "\(refused)")
                #expect(try stage.docker("rm", "-f", "user").code == 0)
                #expect(try stage.docker("run", "--rm", "-v", "/anon", "busybox", "true").code == 0)
                #expect(try stage.docker("volume", "ls", "-q").output == "mine\n")
                #expect(try stage.docker("volume", "rm", "mine").output == "mine\n")
                #expect(try stage.docker("volume", "inspect", "mine").code == 1)
            }
        }
    }
}
