import Compression
import Linux
import Supervision
import SystemPackage
import TestSupport
import Testing

@testable import Monitor

@Suite struct LogFileTests {
    private func texts(_ path: FilePath) throws -> [String] {
        String(decoding: try WholeFile.read(path), as: UTF8.self).split(separator: "\n").map { line in
            String(line.dropFirst(8).prefix { $0 != "\\" })
        }
    }

    private func encoded(_ lines: [String], attributes: [String: String] = [:]) -> [UInt8] {
        var encoder = LogEncoder(attributes: attributes)
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        encoder.append(bytes, count: bytes.count, from: .output, at: 1_795_435_200_000_000_000)
        return Array(encoder.encoded.bytes)
    }

    private func write(_ lines: [String], to order: LogOrder) throws {
        var files = try LogFiles(order)
        let bytes = encoded(lines, attributes: order.attributes)
        #expect(files.write(bytes, 0..<bytes.count) == bytes.count)
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
            var files = try LogFiles(order)
            let bytes = encoded((1...7).map { "line \($0)" })
            var written = files.write(bytes, 0..<bytes.count)
            var aside: [[String]] = []
            while let file = files.compressible {
                #expect((written < bytes.count) == (aside.count < 2))
                aside.append(try texts(file))
                try LogCompression.compress(file)
                #expect(throws: SystemError.self) { try WholeFile.read(file) }
                files.compressionEnded()
                written = files.write(bytes, written..<bytes.count)
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
}
