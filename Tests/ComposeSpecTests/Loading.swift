import Glibc
import SystemPackage
import TestSupport

@testable import ComposeSpec

/// A project of a test: files in a folder of its own.
struct TestProject {
    let folder: FilePath

    /// Writes the files, and runs the body.
    static func with<Result>(_ files: [String: String], _ body: (TestProject) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let project = TestProject(folder: folder)
            for (name, text) in files { try project.write(text, to: name) }
            return try body(project)
        }
    }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        var folder = self.folder
        for part in name.split(separator: "/").dropLast() {
            folder.append(String(part))
            mkdir(folder.string, 0o755)
        }
        let file = try FileDescriptor.open(
            self.folder.appending(name),
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite]
        )
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    func options(environment: [String: String] = [:]) -> LoaderOptions {
        var options = LoaderOptions(workingDirectory: folder.string, environment: environment)
        options.projectName = "shop"
        return options
    }

    func load(
        environment: [String: String] = [:],
        _ change: (inout LoaderOptions) -> Void = { _ in }
    ) throws -> LoadedProject {
        var options = options(environment: environment)
        change(&options)
        return try Loader(options: options).load()
    }
}

/// Loads one file of that text.
func load(
    _ text: String,
    environment: [String: String] = [:],
    _ change: (inout LoaderOptions) -> Void = { _ in }
) throws -> LoadedProject {
    try TestProject.with(["compose.yaml": text]) { try $0.load(environment: environment, change) }
}

/// The service `web` of one file of that text, below `services: {web: …}`.
func web(_ attributes: String, environment: [String: String] = [:], rest: String = "") throws -> Service? {
    let body = attributes.split(separator: "\n").map { "    \($0)\n" }.joined()
    let text = "services:\n  web:\n    image: nginx\n" + body + rest
    return try load(text, environment: environment).project.service("web")
}

/// The message that files are refused with.
func refusal(
    _ files: [String: String],
    environment: [String: String] = [:],
    _ change: (inout LoaderOptions) -> Void = { _ in }
) throws -> String? {
    try TestProject.with(files) { project in
        var options = project.options(environment: environment)
        change(&options)
        do throws(LoadError) {
            _ = try Loader(options: options).load()
            return nil
        } catch {
            return error.description
        }
    }
}

/// The message that one file of that text is refused with.
func refusal(_ text: String, environment: [String: String] = [:]) throws -> String? {
    try refusal(["compose.yaml": text], environment: environment)
}
