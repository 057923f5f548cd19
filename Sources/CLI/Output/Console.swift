import SystemPackage

/// Standard output and standard error.
enum Console {
    /// Writes to standard output.
    ///
    /// - Throws: what the system says: a full disk, a reader that has gone.
    static func print(_ text: String) throws {
        guard !text.isEmpty else { return }
        try FileDescriptor.standardOutput.writeAll(text.utf8)
    }

    /// Tells of what cannot be had, though the work goes on.
    static func warn(_ text: String) {
        note("WARNING: \(text.printable)")
    }

    /// Writes a line to standard error. Nobody can be told if that is not possible.
    static func note(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(line)\n".utf8)
    }
}
