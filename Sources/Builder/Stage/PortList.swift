/// The ports that `EXPOSE` declares.
enum PortList {
    /// `8000-8001/udp` is `8000/udp` and `8001/udp`. An address or a host port before it is left out.
    static func parse(_ text: String) throws -> [String] {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let transport = parts.count == 2 ? String(parts[1].lowercased()) : "tcp"
        let port = parts[0].split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let ends = port.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt16($0) }
        guard ["tcp", "udp", "sctp"].contains(transport), let first = ends.first ?? nil, let last = ends.last ?? nil,
            first <= last
        else { throw BuilderError(.badPort(text)) }
        return (first...last).map { "\($0)/\(transport)" }
    }
}

/// The signals that `STOPSIGNAL` may name.
enum SignalName {
    private static let names: Set<String> = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
        "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    ]

    /// Whether the text is a signal: a number, or a name with or without `SIG`.
    static func isValid(_ text: String) -> Bool {
        if let number = Int(text) { return (1...64).contains(number) }
        let name = text.uppercased()
        let short = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
        if names.contains(short) { return true }
        let offset = short.dropFirst(6)
        guard let number = Int(offset), (0...15).contains(number) else { return false }
        return short.hasPrefix("RTMIN+") || short.hasPrefix("RTMAX-")
    }
}
