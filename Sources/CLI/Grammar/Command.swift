/// One command: reads its arguments, does one thing, prints one thing.
protocol Command: Sendable {
    /// Its name, its flags and what it is for.
    static var usage: Usage { get }

    /// Reads what was given.
    ///
    /// - Throws: ``UsageError`` for what makes no sense.
    init(_ arguments: Arguments) throws

    /// Does it, and gives what the program exits with.
    func run(_ session: Session) throws -> Int32
}

/// What help says of a command, and what the parser needs to know.
struct Usage: Sendable {
    /// How many positionals a command takes.
    enum Arity: Sendable {
        case any, none
        case atLeast(Int)
        case exactly(Int)
        case atMost(Int)
        case between(Int, Int)
    }

    /// What follows the command's name, such as `[OPTIONS] [SERVICE...]`.
    var synopsis: String
    /// One line, without a full stop.
    var summary: String
    var flags: [any FlagDeclaration] = []
    var arity = Arity.any
    /// Whether everything from the first positional on belongs to another command.
    var stopsAtFirstPositional = false
    /// What a mistake in the arguments exits with.
    var mistakeCode: Int32 = 1
}

extension Usage {
    /// - Parameter path: The command as it was called, such as `tutti up`.
    func check(_ arguments: Arguments, path: String) throws(UsageError) {
        let count = arguments.positionals.count
        switch arity {
        case .none where count > 0: throw .arity(command: path, needs: "accepts no arguments")
        case .atLeast(let least) where count < least:
            throw .arity(command: path, needs: "requires at least \(Self.arguments(least))")
        case .exactly(let number) where count != number:
            throw .arity(command: path, needs: "requires \(Self.arguments(number))")
        case .atMost(let most) where count > most:
            throw .arity(command: path, needs: "requires at most \(Self.arguments(most))")
        case .between(let least, let most) where !(least...most).contains(count):
            throw .arity(command: path, needs: "requires at least \(least) and at most \(Self.arguments(most))")
        default: return
        }
    }

    private static func arguments(_ count: Int) -> String { count == 1 ? "1 argument" : "\(count) arguments" }
}

/// Commands under one name, such as `tutti volume`.
struct CommandGroup: Sendable {
    /// What a name stands for.
    enum Entry: Sendable {
        case command(any Command.Type)
        case group(@Sendable () -> CommandGroup)
    }

    var summary: String
    /// By name, in the order of help. A name that starts with `~` is a synonym, which help leaves out.
    var entries: [(name: String, entry: Entry)]

    subscript(name: String) -> Entry? {
        entries.first { $0.name == name || $0.name == "~\(name)" }?.entry
    }

    /// Names close to one that is not there.
    func suggestions(for name: String) -> [String] {
        entries.map(\.name).filter { !$0.hasPrefix("~") }
            .filter { $0.hasPrefix(name) || EditDistance.between($0, name) <= min(2, name.count / 2) }
    }
}
