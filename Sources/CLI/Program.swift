import Linux
import SystemPackage

/// The program: finds the command among the arguments, runs it, and says what went wrong.
public enum Program {
    /// Runs what the arguments ask for, and gives what to exit with.
    ///
    /// - Parameter arguments: the program's name first: it decides whose grammar is spoken, that of `tutti`,
    ///   `docker-compose` or `docker`.
    public static func run(_ arguments: [String]) -> Int32 {
        openStandardStreams()
        let name = arguments.first?.split(separator: "/").last.map(String.init) ?? "tutti"
        return Dispatch(Grammar(programName: name), environment: Session.ownEnvironment()).run(arguments.dropFirst())
    }

    /// Streams that were closed at the start become `/dev/null`, so that no file that is opened later takes their place
    /// and gets output that was not meant for it.
    private static func openStandardStreams() {
        for descriptor in [FileDescriptor.standardInput, .standardOutput, .standardError] {
            if let copy = try? descriptor.duplicate() {
                try? copy.close()
            } else {
                _ = try? FileDescriptor.open(FilePath("/dev/null"), .readWrite)
            }
        }
    }
}
