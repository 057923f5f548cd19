import Linux
import SystemPackage

/// A question that is answered by `y` or not.
enum Question {
    /// Asks on standard error and reads a line; what is not a yes is a no.
    static func ask(_ text: String) throws -> Bool {
        _ = try? FileDescriptor.standardError.writeAll("? \(text.printable) [yN] ".utf8)
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }

    /// Warns of what will go, and asks.
    static func confirm(warning: String) throws -> Bool {
        try Console.print("WARNING! \(warning)\nAre you sure you want to continue? [y/N] ")
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
