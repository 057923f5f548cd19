import Glibc
import Testing

/// An installation of its own below `/tmp`, with a copy of a scenario's folder to work in.
///
/// What a test does on it is undone when the test ends, well or not; what cannot be undone by `down` and `rm` is a leak,
/// and an issue of that test.
struct Stage {
    /// Where the images, containers and all else of this stage live.
    let root: String
    /// The copy of the scenario's folder: the commands run in it.
    let folder: String
    /// Where `tutti` stands under all of its names.
    let programs: String

    /// `tutti …`
    func tutti(_ arguments: String..., input: String = "", in environment: [String: String] = [:]) throws -> Outcome {
        try program("tutti", arguments, environment).run(input: input)
    }

    /// `docker-compose …`
    func compose(_ arguments: String..., input: String = "", in environment: [String: String] = [:]) throws -> Outcome {
        try program("docker-compose", arguments, environment).run(input: input)
    }

    /// `docker …`
    @discardableResult
    func docker(_ arguments: String..., input: String = "", in environment: [String: String] = [:]) throws -> Outcome {
        try program("docker", arguments, environment).run(input: input)
    }

    /// `docker …`, its words in a list.
    @discardableResult
    func docker(_ arguments: [String]) throws -> Outcome { try program("docker", arguments, [:]).run() }

    /// `docker-compose …`, which has to end well.
    @discardableResult
    func does(
        _ arguments: String...,
        input: String = "",
        in environment: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try program("docker-compose", arguments, environment).run(input: input)
        #expect(outcome.code == 0, "\(outcome)", sourceLocation: location)
        return outcome
    }

    /// `docker-compose …` on a terminal of its own.
    func onTerminal(_ command: String, input: String = "") throws -> Outcome {
        let line = "\(programs)/docker-compose \(command)"
        return try program("/usr/bin/script", ["-qec", line, "/dev/null"], ["TERM": "xterm"]).run(input: input)
    }

    /// `docker-compose …`, started and not waited for.
    func start(_ arguments: String...) throws -> Child {
        try program("docker-compose", arguments, [:]).start()
    }

    /// A program of the machine, such as `curl`.
    func machine(_ arguments: String..., input: String = "") throws -> Outcome {
        try program("/usr/bin/env", arguments, [:]).run(input: input)
    }

    /// What a URL answers, or nil.
    func fetch(_ url: String) throws -> String? {
        let outcome = try machine("curl", "--fail", "--silent", "--max-time", "5", url)
        return outcome.code == 0 ? outcome.output : nil
    }

    /// Writes a file of the scenario's folder.
    func write(_ text: String, to name: String) throws {
        let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StageError("\(name): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw StageError("\(name): short write")
        }
    }

    func program(_ name: String, _ arguments: [String], _ more: [String: String]) -> Program {
        var environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
            "TUTTI_ROOT": root,
        ]
        environment.merge(more) { $1 }
        let path = name.hasPrefix("/") ? name : "\(programs)/\(name)"
        return Program(path: path, arguments: arguments, environment: environment, folder: folder)
    }
}

/// Where the programs under test are.
enum Programs {
    /// `TUTTI_PROGRAMS`, or the folder that the tests were built into.
    static let folder: String = {
        if let chosen = getenv("TUTTI_PROGRAMS") { return String(cString: chosen) }
        let own = realpath("/proc/self/exe", nil)
        defer { free(own) }
        guard let own else { return "." }
        return String(cString: own).split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()

    /// The folder of the repository.
    static let repository = folders(above: #filePath, 4)
    /// The folder of the scenarios.
    static let scenarios = folders(above: #filePath, 2) + "/Scenarios"

    private static func folders(above path: String, _ count: Int) -> String {
        path.split(separator: "/").dropLast(count).reduce("") { "\($0)/\($1)" }
    }
}
