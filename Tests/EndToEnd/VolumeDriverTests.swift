import Glibc
import Testing

extension EndToEnd.Volumes {
    @Suite struct Drivers {
        private func onDrivers(_ play: (Stage) throws -> Void) throws {
            try onStage("drivers") { stage in
                let environment = "TOKEN=s3cret\nDEVICES=\(stage.folder)\n"
                try stage.write(environment, to: ".env")
                try play(stage)
            }
        }

        @Test func `a volume's file system is mounted with its first user and unmounted with its last`() throws {
            try onDrivers { stage in
                let data = "\(stage.root)/volumes/drivers_memory/_data"
                try stage.does("up", "-d", "first", "second")
                try stage.does("exec", "-T", "first", "sh", "-c", "echo shared > /memory/file")
                #expect(try stage.does("exec", "-T", "second", "cat", "/memory/file").output == "shared\n")
                let look = "df -k /memory | tail -1 | awk '{print $1, $2}'; stat -c '%u %a' /memory"
                #expect(try stage.does("exec", "-T", "second", "sh", "-c", look).output == "tmpfs 64\n33 770\n")
                #expect(Traces.mounts(below: stage.root).contains(data))
                try stage.does("stop", "-t", "0", "first")
                #expect(try stage.does("exec", "-T", "second", "cat", "/memory/file").output == "shared\n")
                try stage.does("stop", "-t", "0", "second")
                #expect(eventually { !Traces.mounts(below: stage.root).contains(data) })
                try stage.does("start", "first", "second")
                #expect(try stage.does("exec", "-T", "first", "ls", "/memory").output == "")
                #expect(try stage.does("exec", "-T", "first", "cat", "/shown/config").output == "config\n")
            }
        }

        @Test func `a bound volume's data is its device's, and outlives the volume`() throws {
            try onDrivers { stage in
                try stage.does("up", "-d", "first")
                try stage.does("exec", "-T", "first", "sh", "-c", "echo new > /shown/new")
                #expect(text(of: "\(stage.folder)/shown/new") == "new\n")
                try stage.does("down", "-t", "0", "--volumes")
                #expect(text(of: "\(stage.folder)/shown/new") == "new\n")
                #expect(try stage.docker("volume", "ls", "-q").output == "")
            }
        }

        @Test func `a monitor that was killed leaves no file system mounted`() throws {
            try onDrivers { stage in
                try stage.does("up", "-d", "first")
                for pid in Traces.processes(of: stage.root) { kill(pid, SIGKILL) }
                #expect(try eventually { try stage.does("ps", "--quiet").output == "" })
                try stage.does("down")
                #expect(Traces.mounts(below: stage.root) == [])
            }
        }

        @Test func `parts of volumes, trees of images, and memory are what was asked for`() throws {
            try onDrivers { stage in
                try stage.does("up", "-d", "parts")
                func inside(_ script: String) throws -> String {
                    try stage.does("exec", "-T", "parts", "sh", "-c", script).text
                }
                #expect(try inside("cat /part/file") == "deep")
                #expect(try inside("ls /tree | grep -c '^bin$'; ls /bin-of-image | grep -c '^busybox$'") == "1\n1")
                #expect(try inside("touch /tree/x /bin-of-image/x 2> /dev/null || echo refused") == "refused")
                #expect(try inside("stat -c %a /scratch; df -k /scratch | tail -1 | awk '{print $2}'") == "750\n64")
                let labelled = try stage.docker("volume", "ls", "-q", "--filter", "label=team=blue")
                #expect(labelled.lines.count == 1)
                let refused = try stage.docker("rmi", "busybox")
                #expect(refused.code == 1, "\(refused)")
            }
        }

        @Test func `configs and secrets have their owners and modes, and are in no layer`() throws {
            try onDrivers { stage in
                try stage.does("up", "-d", "parts")
                let files = "/etc/written /etc/file /run/secrets/token /run/secrets/plain"
                let look = "stat -c '%u:%g %a' \(files); cat \(files); echo"
                let got = try stage.does("exec", "-T", "parts", "sh", "-c", look).output
                #expect(got == "33:34 440\n35:0 400\n0:0 444\n0:0 644\nwritten\nconfig\ns3cretplain\n\n")
                let types = "for f in /etc/written /etc/file /run/secrets/token; do stat -f -c %T $f; done"
                #expect(try stage.does("exec", "-T", "parts", "sh", "-c", types).output == "tmpfs\ntmpfs\ntmpfs\n")
                let search = "grep -rl s3cret '\(stage.root)'/containers/*/upper '\(stage.root)/layers' | wc -l"
                #expect(try stage.machine("sh", "-c", search).text == "0")
            }
        }

        @Test func `volumes of another service are mounted at the same places, and only read where that was said`()
            throws
        {
            try onDrivers { stage in
                try stage.does("up", "-d", "heir")
                try stage.does("exec", "-T", "first", "sh", "-c", "echo shared > /memory/file")
                #expect(try stage.does("exec", "-T", "heir", "cat", "/memory/file").output == "shared\n")
                let refused = try stage.compose("exec", "-T", "heir", "touch", "/shown/new")
                #expect(refused.code == 1 && refused.errors.contains("Read-only file system"), "\(refused)")
            }
        }

        @Test func `what is to be there already must be there`() throws {
            try onStage { stage in
                let file = """
                    services:
                      box:
                        image: busybox
                        command: ls /given /mine
                        volumes:
                          - given:/given
                          - {type: bind, source: ./mine, target: /mine, bind: {create_host_path: false}}
                    volumes:
                      given: {external: true}
                    """
                try stage.write(file, to: "compose.yaml")
                let without = try stage.compose("up")
                #expect(
                    without.code == 1 && without.errors.contains("external volume \"given\" not found"),
                    "\(without)"
                )
                #expect(try stage.docker("volume", "create", "given").code == 0)
                let source = try stage.compose("up")
                #expect(source.code == 1 && source.errors.contains("bind source path does not exist"), "\(source)")
                mkdir("\(stage.folder)/mine", 0o755)
                #expect(try stage.compose("up").code == 0)
                try stage.does("down", "--volumes")
                #expect(try stage.docker("volume", "ls", "-q").output == "given\n")
            }
        }

        @Test func `a part of a volume that is missing or leads out of it is an error`() throws {
            try onStage { stage in
                #expect(try stage.docker("volume", "create", "mine").code == 0)
                let link = ["run", "--rm", "-v", "mine:/v", "busybox", "ln", "-s", "/etc", "/v/out"]
                #expect(try stage.program("docker", link, [:]).run().code == 0)
                for part in ["missing", "../../..", "out"] {
                    let mount = "type=volume,source=mine,target=/v,volume-subpath=\(part)"
                    let run = try stage.docker("run", "--rm", "--mount", mount, "busybox", "ls", "/v")
                    #expect(run.code != 0 || !run.output.contains("hostname"), "\(part): \(run)")
                }
            }
        }

        @Test func `what --mount says of a volume is what the volume becomes`() throws {
            try onStage { stage in
                let mount =
                    "type=volume,source=fast,target=/v,volume-opt=type=tmpfs,volume-opt=device=tmpfs,"
                    + "volume-opt=o=size=64k,volume-label=team=blue"
                let run = try stage.docker("run", "--rm", "--mount", mount, "busybox", "stat", "-f", "-c", "%T", "/v")
                #expect(run.output == "tmpfs\n", "\(run)")
                let format = "{{.Options.type}} {{.Labels.team}}"
                #expect(try stage.docker("volume", "inspect", "-f", format, "fast").output == "tmpfs blue\n")
                let unknown = try stage.docker("run", "--rm", "--mount", "type=bind,src=/,dst=/x,colour=red", "busybox")
                #expect(unknown.errors.contains("unexpected key \"colour\" in \"colour=red\""), "\(unknown)")
                let absent = try stage.docker("run", "--rm", "--mount", "type=bind,src=/nonexistent,dst=/x", "busybox")
                #expect(absent.code == 125, "\(absent)")
                #expect(access("/nonexistent", F_OK) != 0)
            }
        }

        @Test func `up --renew-anon-volumes gives new anonymous volumes, and prune takes only those without a name`()
            throws
        {
            try onStage("volumes") { stage in
                try stage.does("up", "-d")
                try stage.does("exec", "-T", "box", "sh", "-c", "echo old > /anonymous/file; echo kept > /named/file")
                try stage.does("up", "-d", "-V", "--force-recreate", "-t", "0")
                #expect(
                    try stage.does("exec", "-T", "box", "sh", "-c", "ls /anonymous; cat /named/file").output == "kept\n"
                )
                try stage.does("down", "-t", "0")
                #expect(try stage.docker("volume", "prune", "-f").code == 0)
                let named = ["volumes_by_another_name", "volumes_named", "volumes_seeded"]
                #expect(try stage.docker("volume", "ls", "-q").lines.map(String.init) == named)
                #expect(try stage.docker("volume", "prune", "-f", "-a").code == 0)
                #expect(try stage.docker("volume", "ls", "-q").output == "")
            }
        }
    }
}
