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
