import TestSupport
import Testing

@Suite struct LastWords {
    @Test func `are kept for as long as they come, also from those that outlive the process`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("(for i in 1 2 3 4; do sleep 1; echo $i; done) & echo 0", in: root)
            try container.wait()
            #expect(try container.logged() == ["0\n", "1\n", "2\n", "3\n", "4\n"])
        }
    }

    @Test func `are not waited for without end`() throws {
        try withTemporaryFolder { root in
            let container = try MonitoredProcess("yes $(seq 100) & echo $!", in: root)
            try container.wait()
            #expect(try container.exit().exitCode == 0)
        }
    }
}
