import Compression
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

    @Test func `put no further file aside until the last one is compressed`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            let order = LogOrder(
                driver: .jsonFile,
                path: path.string,
                maximumSize: 100,
                maximumFiles: 3,
                isCompressed: true
            )
            var log = try OutputLog(order)
            let bytes = Array((1...7).map { "line \($0)\n" }.joined().utf8)
            log.append(bytes, count: bytes.count, from: .output)
            var aside: [[String]] = []
            while let file = log.compressible {
                #expect(log.isBlocked == (aside.count < 2))
                aside.append(try texts(file))
                try LogCompression.compress(file)
                #expect(throws: SystemError.self) { try WholeFile.read(file) }
                log.compressionEnded()
                log.flush()
            }
            #expect(aside == [["line 1", "line 2"], ["line 3", "line 4"], ["line 5", "line 6"]])
            #expect(try texts(path) == ["line 7"])
            for (number, lines) in [(1, ["line 5", "line 6"]), (2, ["line 3", "line 4"])] {
                let packed = ByteSource(try WholeFile.read(FilePath("\(path).\(number).gz")))
                let text = String(decoding: try packed.decompressed().readAll(limit: 1000), as: UTF8.self)
                #expect(lines.allSatisfy { text.contains($0) } && text.split(separator: "\n").count == 2)
            }
            #expect(throws: SystemError.self) { try WholeFile.read(FilePath("\(path).3.gz")) }
        }
    }

    @Test func `say with each line what they are told to say`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("log")
            try write(
                ["one"],
                to: LogOrder(driver: .jsonFile, path: path.string, attributes: ["tag": "a\"b", "env": "x"])
            )
            let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
            #expect(text.hasPrefix(#"{"log":"one\n","stream":"stdout","attrs":{"env":"x","tag":"a\"b"},"time":""#))
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
