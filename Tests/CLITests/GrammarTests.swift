import Testing

@testable import CLI

@Suite struct GrammarTests {
    private static let detach = Flag.toggle("-d, --detach", "")
    private static let interactive = Flag.toggle("-i, --interactive", "", default: true)
    private static let terminal = Flag.toggle("-t, --tty", "")
    private static let publish = Flag.list("-p, --publish", "")
    private static let timeout = Flag.number("-T, --timeout", "")
    private static let name = Flag<String?>.text("--name", "")
    private static let memory = Flag<Int64?>.bytes("-m, --memory", "")
    private static let flags: [any FlagDeclaration] = [detach, interactive, terminal, publish, timeout, name, memory]

    private func parse(_ line: String, stops: Bool = false) throws(UsageError) -> Arguments {
        let words = line.split(separator: " ").map(String.init)
        return try ArgumentParser.parse(words, flags: Self.flags, stopsAtFirstPositional: stops)
    }

    @Test func `reads clusters, joined values and values after an equals sign`() throws {
        let arguments = try parse("-dtp80:80 --publish=81:81 -p 82:82 -T5 --interactive=false web -m=64m")
        #expect(arguments[Self.detach])
        #expect(arguments[Self.terminal])
        #expect(!arguments[Self.interactive])
        #expect(arguments[Self.publish] == ["80:80", "81:81", "82:82"])
        #expect(arguments[Self.timeout] == 5)
        #expect(arguments[Self.memory] == 64 << 20)
        #expect(arguments.positionals == ["web"])
    }

    @Test func `gives defaults for what is not there, and says so`() throws {
        let arguments = try parse("")
        #expect(arguments[Self.interactive])
        #expect(arguments[Self.timeout] == nil)
        #expect(!arguments.has(Self.interactive))
        #expect(try parse("--interactive").has(Self.interactive))
    }

    @Test func `leaves the words of another command alone`() throws {
        #expect(try parse("web -d").positionals == ["web"])
        let arguments = try parse("-d web sh -c true --name x", stops: true)
        #expect(arguments.positionals == ["web", "sh", "-c", "true", "--name", "x"])
        #expect(try parse("-d -- --name x").positionals == ["--name", "x"])
        #expect(try parse("-").positionals == ["-"])
    }

    @Test(arguments: [
        ("--nothing", "unknown flag: --nothing"),
        ("-dx", "unknown shorthand flag: 'x' in -x"),
        ("--name", "flag needs an argument: --name"),
        ("-dp", "flag needs an argument: 'p' in -p"),
        (
            "-T five",
            "invalid argument \"five\" for \"-T, --timeout\" flag: strconv.ParseInt: parsing \"five\": invalid syntax"
        ),
        (
            "--detach=maybe",
            "invalid argument \"maybe\" for \"-d, --detach\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax"
        ),
        ("--=x", "bad flag syntax: --=x"),
    ])
    func `says what is wrong as Docker's command line does`(line: String, message: String) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.description == message)
    }

    @Test func `suggests commands that are close`() {
        let group = CommandGroup(
            summary: "",
            entries: [("version", .command(Compose.Version.self)), ("~versions", .command(Compose.Version.self))]
        )
        #expect(group.suggestions(for: "verson") == ["version"])
        #expect(group.suggestions(for: "ver") == ["version"])
        #expect(group.suggestions(for: "frobnicate").isEmpty)
    }

    @Test func `lays out help as Docker does`() {
        let usage = Usage(
            synopsis: "[OPTIONS] NAME",
            summary: "Does something",
            flags: [
                Flag.toggle("-d, --detach", "Go on"),
                Flag.number("-n, --tail", "How many", shownDefault: 5),
                Flag.toggle("--secret", "Unseen").hidden,
            ]
        )
        #expect(
            Help.text(of: usage, path: "tutti do") == """
                Usage:  tutti do [OPTIONS] NAME

                Does something

                Options:
                  -d, --detach     Go on
                  -n, --tail int   How many (default 5)

                """
        )
    }

    @Test func `takes the environment's word where a flag is not given`() throws {
        let arguments = try ArgumentParser.parse(["--profile", "a,b"], flags: ComposeFlags.all)
        let flags = try ComposeFlags(
            arguments,
            environment: [
                "COMPOSE_PROFILES": "c", "NO_COLOR": "1", "COMPOSE_ENV_FILES": "x,y",
            ]
        )
        #expect(flags.profiles == ["a", "b"])
        #expect(flags.ansi == .never)
        #expect(flags.progress == .plain)
        #expect(flags.environmentFiles == ["x", "y"])
    }

    @Test func `refuses a display that the terminal settings rule out`() throws {
        let arguments = try ArgumentParser.parse(["--ansi=never", "--progress=tty"], flags: ComposeFlags.all)
        #expect(throws: UsageError.self) { try ComposeFlags(arguments, environment: [:]) }
    }

    @Test(arguments: [
        ("docker images --none", Int32(125)), ("docker nothing", 1), ("compose images --none", 1),
        ("docker-compose images --none", 1), ("compose compose images", 1),
    ])
    func `another grammar that is asked for by its name is spoken in all respects`(line: String, code: Int32) {
        let words = line.split(separator: " ").map(String.init)
        #expect(Dispatch(.tutti, environment: [:]).run(words[...]) == code)
    }
}
