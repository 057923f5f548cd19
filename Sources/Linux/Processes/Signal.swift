import Glibc

/// Signals by name and number. `signal(7)`
public enum Signal {
    private static let names: [String] = [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    /// The number that `SIGTERM`, `term`, `15` or `RTMIN+3` stands for; nil for anything else.
    public static func number(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let number = names.firstIndex(of: name), number > 0 { return Int32(number) }
        return realTimeNumber(name)
    }

    private static func realTimeNumber(_ name: String) -> Int32? {
        if name == "RTMIN" { return 34 }
        if name == "RTMAX" { return 64 }
        if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)), (1...30).contains(offset) {
            return 34 + offset
        }
        if name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)), (1...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }

    /// `SIGTERM` for 15.
    public static func name(_ number: Int32) -> String {
        guard number > 0, Int(number) < names.count else { return "\(number)" }
        return "SIG\(names[Int(number)])"
    }
}
