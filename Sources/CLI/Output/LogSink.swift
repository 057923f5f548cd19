import Containers
import SystemPackage

/// Puts entries of several containers' logs together to lines with names before them.
final class LogSink {
    private var printer: LogPrinter
    private let showsTimes: Bool
    /// What stands before each line's text.
    private let details: String
    /// Whether what containers wrote to standard error goes to ours.
    private let separatesErrors: Bool
    /// Beginnings of lines whose ends have not come yet, by container and stream.
    private var beginnings: [Source: [UInt8]] = [:]
    private var buffer: [UInt8] = []

    private struct Source: Hashable {
        var name: String
        var stream: ContainerLog.Entry.Stream
    }

    init(_ printer: LogPrinter, showsTimes: Bool, separatesErrors: Bool, details: String = "") {
        self.printer = printer
        self.showsTimes = showsTimes
        self.details = details
        self.separatesErrors = separatesErrors
    }

    /// Makes room for a name that appears later.
    func add(_ name: String) { printer.add(name) }

    /// Takes an entry: a line, or a part of one.
    func take(_ entry: ContainerLog.Entry, of name: String) throws {
        let source = Source(name: name, stream: entry.stream)
        var line: [UInt8] = []
        if !beginnings.isEmpty, let beginning = beginnings.removeValue(forKey: source) {
            line = beginning
        } else {
            if showsTimes { line += "\(entry.time) ".utf8 }
            line += details.utf8
        }
        line += entry.text.utf8
        guard line.last == UInt8(ascii: "\n") else {
            beginnings[source] = line
            return
        }
        try print(line.dropLast(), of: source)
    }

    /// Prints the line of a container that has no end, when no more comes.
    func finish(_ name: String) throws {
        for stream in [ContainerLog.Entry.Stream.output, .errorOutput] {
            let source = Source(name: name, stream: stream)
            if let line = beginnings.removeValue(forKey: source) { try print(line[...], of: source) }
        }
    }

    private func print(_ line: ArraySlice<UInt8>, of source: Source) throws {
        let bytes = printer.line(line, of: source.name)
        if separatesErrors, source.stream == .errorOutput {
            try flush()
            try FileDescriptor.standardError.writeAll(bytes)
        } else {
            buffer += bytes
            if buffer.count > 1 << 16 { try flush() }
        }
    }

    /// Writes what has been put together.
    func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try FileDescriptor.standardOutput.writeAll(buffer)
    }
}
