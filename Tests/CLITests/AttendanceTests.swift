import Testing

@testable import CLI

@Suite struct AttendanceTests {
    @Test func `is over when everything has been started and has ended`() {
        var attendance = Attendance(.lastEnd, exitCodeFrom: nil)
        attendance.begin("web-1")
        #expect(attendance.end("web-1", of: "web", code: 3) == .goOn)
        attendance.begin("db-1")
        #expect(attendance.finishUp() == .goOn)
        #expect(attendance.end("db-1", of: "db", code: 0) == .over)
        #expect(attendance.exitCode == 0)
    }

    @Test func `stops the rest at the first end, and exits as that one did`() {
        var attendance = Attendance(.firstEnd, exitCodeFrom: nil)
        attendance.begin("web-1")
        attendance.begin("db-1")
        #expect(attendance.end("db-1", of: "db", code: 7) == .stopRest)
        #expect(attendance.end("web-1", of: "web", code: 143) == .goOn)
        #expect(attendance.exitCode == 7)
    }

    @Test func `lets successes be where only failures count`() {
        var attendance = Attendance(.firstFailure, exitCodeFrom: nil)
        attendance.begin("job-1")
        attendance.begin("web-1")
        #expect(attendance.end("job-1", of: "job", code: 0) == .goOn)
        #expect(attendance.end("web-1", of: "web", code: 2) == .stopRest)
        #expect(attendance.exitCode == 2)
    }

    @Test func `exits as the service that was named, though another ended first`() {
        var attendance = Attendance(.firstEnd, exitCodeFrom: "tests")
        attendance.begin("web-1")
        attendance.begin("tests-1")
        #expect(attendance.end("web-1", of: "web", code: 1) == .stopRest)
        #expect(attendance.end("tests-1", of: "tests", code: 5) == .goOn)
        #expect(attendance.exitCode == 5)
    }
}
