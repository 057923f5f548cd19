import Linux
import SystemPackage

/// The terminal on standard input, passing every byte on as it is typed.
enum RawTerminal {
    /// Does something meanwhile, if it is wanted. However that ends, the terminal is then as it was before.
    static func during<Result>(isWanted: Bool, _ body: () throws -> Result) throws -> Result {
        guard isWanted else { return try body() }
        let before = try Terminal.makeRaw(.standardInput)
        defer { before.restore(on: .standardInput) }
        return try body()
    }
}

/// What the standard streams are.
enum StandardStreams {
    static var inputIsTerminal: Bool { Terminal.isTerminal(.standardInput) }
    static var outputIsTerminal: Bool { Terminal.isTerminal(.standardOutput) }

    /// The size of the terminal that we are on; nothing known without one.
    static var size: WindowSize {
        for descriptor in [FileDescriptor.standardInput, .standardOutput] {
            if let size = try? Terminal.size(of: descriptor) { return size }
        }
        return WindowSize(rows: 0, columns: 0)
    }
}

extension StandardStreams {
    /// Everything that standard input gives, as text. More than 16 MiB are an error (`EFBIG`).
    static func readAll() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while let count = try FileDescriptor.standardInput.readAvailable(into: &buffer), count > 0 {
            bytes += buffer[..<count]
            guard bytes.count <= 16 << 20 else { throw Errno.fileTooLarge }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
