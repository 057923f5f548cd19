import Linux
import Supervision
import SystemPackage
import TestSupport
import Testing

@testable import Monitor

@Suite struct OutputLogs {
    private func texts(_ path: FilePath) throws -> [String] {
        String(decoding: try WholeFile.read(path), as: UTF8.self).split(separator: "\n").map { line in
            String(line.dropFirst(8).prefix { $0 != "\\" })
        }
    }

    private func write(_ lines: [String], to order: LogOrder) throws {
        var log = try OutputLog(order)
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        log.append(bytes, count: bytes.count, from: .output)
        #expect(!log.isBlocked)
    }

    @Test func `go on where they ended`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            let order = LogOrder(driver: .jsonFile, path: path.string)
            try write(["one"], to: order)
            try write(["two"], to: order)
            #expect(try texts(path) == ["one", "two"])
        }
    }

    @Test func `begin a new file with the line after the one that reaches the size`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            let order = LogOrder(driver: .jsonFile, path: path.string, maximumSize: 100, maximumFiles: 3)
            try write((1...7).map { "line \($0)" }, to: order)
            #expect(try texts(path) == ["line 7"])
            #expect(try texts(FilePath("\(path).1")) == ["line 5", "line 6"])
            #expect(try texts(FilePath("\(path).2")) == ["line 3", "line 4"])
            #expect(throws: SystemError.self) { try WholeFile.read(FilePath("\(path).3")) }
        }
    }

    @Test func `keep one file where one is allowed`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            let order = LogOrder(driver: .jsonFile, path: path.string, maximumSize: 10, maximumFiles: 1)
            try write(["one", "two"], to: order)
            #expect(try texts(path) == ["two"])
        }
    }

    @Test func `write nothing without a driver`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            try write(["one"], to: LogOrder(driver: .none, path: path.string))
            #expect(throws: SystemError("open", on: path.string, errno: .noSuchFileOrDirectory)) {
                try WholeFile.read(path)
            }
        }
    }
}
