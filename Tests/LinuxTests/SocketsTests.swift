import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@Suite struct PacketSockets {
    @Test func `keep packets whole and tell of the end`() throws {
        let (left, right) = try PacketSocket.pair()
        defer { right.close() }
        #expect(try left.send([1, 2, 3]))
        #expect(try left.send([4]))
        left.close()
        #expect(try right.receive() == .packet([1, 2, 3]))
        #expect(try right.receive() == .packet([4]))
        #expect(try right.receive() == .end)
    }

    @Test func `meet in a folder whose path is longer than a socket address`() throws {
        try withTemporaryFolder { root in
            let folder = root.appending(String(repeating: "a", count: 120))
            try #require(mkdir(folder.string, 0o700) == 0)
            let listener = try PacketSocket.listen(at: "control.sock", in: folder)
            defer { listener.close() }
            var status = stat()
            try #require(lstat(folder.appending("control.sock").string, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let client = try PacketSocket.connect(to: "control.sock", in: folder)
            defer { client.close() }
            let server = try #require(try listener.accept())
            defer { server.close() }
            #expect(try server.peerUser() == geteuid())
            #expect(try server.receive() == .nothing)
            #expect(try client.send([7]))
            #expect(try server.receive() == .packet([7]))
        }
    }

    @Test func `say which socket nobody listens on`() throws {
        try withTemporaryFolder { folder in
            let expected = SystemError("connect", on: "\(folder)/none", errno: .noSuchFileOrDirectory)
            #expect(throws: expected) { try PacketSocket.connect(to: "none", in: folder) }
        }
    }
}
