import Containers
import Linux
import TestSupport
import Testing

@Suite(.tags(.root), .requiresRoot, .serialized) struct InitTests {
    @Test func `puts an init before the command, which reaps orphans`() throws {
        try withBusybox { box in
            let script = "echo $$; (sleep 0.01 &); sleep 0.1; grep -c Z /proc/[0-9]*/stat | grep -c ':1'; exit 5"
            let result = try box.run(["sh", "-c", script]) { $0.hasInit = true }
            #expect(result.output == "2\n0\n")
            #expect(result.code == 5)
        }
    }

    @Test func `passes the stop signal on to a command that would not see it as first process`() throws {
        try withBusybox { box in
            let container = try box.create(["sleep", "1000"]) { $0.hasInit = true }
            try box.start(container)
            #expect(try container.stop() == 143)
        }
    }
}
