import Linux
import SystemPackage
import Testing

@Suite struct Terminals {
    @Test func `carry their size and what is written`() throws {
        let terminal = try PseudoTerminal.open(size: WindowSize(rows: 24, columns: 80))
        defer {
            try? terminal.master.close()
            try? terminal.slave.close()
        }
        #expect(Terminal.isTerminal(terminal.slave))
        #expect(try Terminal.size(of: terminal.slave) == WindowSize(rows: 24, columns: 80))
        try Terminal.setSize(WindowSize(rows: 50, columns: 132), of: terminal.master)
        #expect(try Terminal.size(of: terminal.slave) == WindowSize(rows: 50, columns: 132))
    }

    @Test func `are raw until their mode is restored`() throws {
        let terminal = try PseudoTerminal.open()
        defer {
            try? terminal.master.close()
            try? terminal.slave.close()
        }
        func written(_ text: String) throws -> String {
            var buffer = [UInt8](repeating: 0, count: 16)
            _ = try terminal.slave.writeAvailable(Array(text.utf8))
            let count = try terminal.master.readAvailable(into: &buffer)
            return String(decoding: buffer.prefix(count ?? 0), as: UTF8.self)
        }
        #expect(try written("a\n") == "a\r\n")
        let mode = try Terminal.makeRaw(terminal.slave)
        #expect(try written("b\n") == "b\n")
        mode.restore(on: terminal.slave)
        #expect(try written("c\n") == "c\r\n")
    }
}
