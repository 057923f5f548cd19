import Glibc
import Linux
import SystemPackage
import Testing

@Suite struct EventLoops {
    @Test func `tells of bytes, and of the end`() throws {
        let loop = try EventLoop()
        let pipe = try FileDescriptor.closeOnExecPipe()
        var heard: [String] = []
        try loop.watch(pipe.reading, for: .readable) { _ in
            var buffer = [UInt8](repeating: 0, count: 16)
            guard let count = try? pipe.reading.readAvailable(into: &buffer), count > 0 else {
                heard.append("end")
                return loop.forget(pipe.reading)
            }
            heard.append(String(decoding: buffer.prefix(count), as: UTF8.self))
            try? pipe.writing.close()
        }
        #expect(try pipe.writing.writeAvailable(Array("hello".utf8)) == 5)
        try loop.run()
        try pipe.reading.close()
        #expect(heard == ["hello", "end"])
    }

    @Test func `keeps deadlines in their order and forgets cancelled ones`() throws {
        let loop = try EventLoop()
        var heard: [Int] = []
        loop.schedule(after: .milliseconds(3)) { heard.append(3) }
        let cancelled = loop.schedule(after: .milliseconds(2)) { heard.append(2) }
        loop.schedule(after: .milliseconds(1)) { heard.append(1) }
        loop.cancel(cancelled)
        try loop.run()
        #expect(heard == [1, 3])
    }

    @Test func `gives memory back once in each quiet time, however long it is`() throws {
        let loop = try EventLoop()
        var heard: [String] = []
        loop.restPatience = .milliseconds(2)
        loop.resting = { heard.append("rest") }
        loop.schedule(after: .milliseconds(40)) { heard.append("first") }
        loop.schedule(after: .milliseconds(80)) { heard.append("second") }
        try loop.run()
        #expect(heard == ["rest", "first", "rest", "second"])
    }

    @Test func `goes on after its pages were given back`() throws {
        let loop = try EventLoop()
        let pipe = try FileDescriptor.closeOnExecPipe()
        defer { try? pipe.reading.close() }
        loop.restPatience = .zero
        var heard = 0
        loop.resting = { _ = try? pipe.writing.writeAvailable([7]) }
        try loop.watch(pipe.reading, for: .readable) { _ in
            heard += 1
            loop.stop()
        }
        try loop.run()
        try pipe.writing.close()
        #expect(heard == 1)
    }

    @Test func `says nothing of a descriptor that is watched for nothing`() throws {
        let loop = try EventLoop()
        let pipe = try FileDescriptor.closeOnExecPipe()
        defer { try? pipe.reading.close() }
        var heard = 0
        try loop.watch(pipe.reading, for: []) { _ in
            heard += 1
            loop.stop()
        }
        try pipe.writing.close()
        loop.schedule(after: .milliseconds(1)) {
            #expect(heard == 0)
            try? loop.change(pipe.reading, to: .readable)
        }
        try loop.run()
        #expect(heard == 1)
    }

    @Test func `tells how a child ended`() throws {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup("exit 7"), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, nil) == 0)
        let loop = try EventLoop()
        var status: TerminationStatus?
        let child = try ChildProcess(pid: pid)
        try loop.watch(endOf: FileDescriptor(rawValue: child.pidDescriptor)) { status = try? child.collect() }
        try loop.run()
        #expect(status == .exited(7))
        #expect(TerminationStatus.signalled(9).code == 137)
    }

    @Test(arguments: [(Int64(5), Duration.seconds(1), Int64(1_000_000_005)), (5, .seconds(Int64.max), .max)])
    func `adds to an instant`(start: Int64, duration: Duration, sum: Int64) {
        #expect(MonotonicTime(nanoseconds: start).advanced(by: duration).nanoseconds == sum)
    }
}
