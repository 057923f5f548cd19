import Glibc
import Testing
import YAML

@testable import ComposeSpec

/// Files that mean to do harm, or are merely broken: each is refused with one clear message, soon.
@Suite struct HostileFiles {
    private func message(_ bytes: [UInt8]) throws -> String? {
        try TestProject.with([:]) { project in
            try project.write(bytes, to: "compose.yaml")
            do throws(LoadError) {
                _ = try Loader(options: project.options()).load()
                return nil
            } catch {
                return error.description
            }
        }
    }

    @Test func `of many aliases are refused`() throws {
        let levels = (1...9).map {
            "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]"
        }
        let text = "x-a0: &a0 [lol]\n" + levels.map { "x-" + $0 }.joined(separator: "\n") + "\nservices: {}\n"
        #expect(try refusal(text)?.hasSuffix("yaml: aliases expand to more than 100000 nodes") == true)
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `of deep nesting are refused`(opening: String) throws {
        let text = "services:\n  " + String(repeating: opening, count: 100_000)
        #expect(try refusal(text)?.contains("yaml: nested deeper than 256 levels") == true)
    }

    @Test func `of fifty megabytes are refused unread`() throws {
        try TestProject.with([:]) { project in
            let path = project.folder.string + "/compose.yaml"
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
            ftruncate(descriptor, 50 << 20)
            close(descriptor)
            do throws(LoadError) {
                _ = try Loader(options: project.options()).load()
                Issue.record("accepted")
            } catch {
                #expect(error.problem == .unreadable(path, .fileTooLarge))
            }
        }
    }

    @Test func `of a million keys are read to their end`() throws {
        let text = "services: {}\nx-keys:\n" + (0..<1_000_000).map { "  k\($0): 1\n" }.joined()
        #expect(text.utf8.count < 16 << 20)
        #expect(try refusal(text) == nil)
    }

    @Test(arguments: [
        ([0x61, 0x3A, 0x20, 0x00, 0x0A], "compose.yaml:1:4: yaml: not UTF-8 text: control characters are not allowed"),
        ([0x61, 0x3A, 0x20, 0xFF, 0x0A], "compose.yaml:1:4: yaml: not UTF-8 text: invalid leading UTF-8 octet"),
        ([0x61, 0x3A, 0x20, 0xC3, 0x28], "compose.yaml:1:5: yaml: not UTF-8 text: invalid trailing UTF-8 octet"),
    ])
    func `of bytes that are no text are refused`(bytes: [UInt8], expected: String) throws {
        #expect(try message(bytes) == expected)
    }

    @Test func `are read as text in other encodings, and behind a byte order mark`() throws {
        #expect(try message([0xEF, 0xBB, 0xBF] + Array("services: {}".utf8)) == nil)
        let wide = Array("services: {}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try message([0xFF, 0xFE] + wide) == nil)
    }

    @Test func `of variables in variables are bounded`() throws {
        let nested = String(repeating: "${A:-", count: 10_000) + String(repeating: "}", count: 10_000)
        #expect(try refusal("services: {web: {image: '\(nested)'}}")?.contains("invalid interpolation format") == true)
        let long = String(repeating: "v", count: 1 << 20)
        let project = try load("services: {web: {image: x, hostname: '$LONG'}}", environment: ["LONG": long]).project
        #expect(project.service("web")?.hostname == long)
    }

    @Test func `that include pipes and devices are refused`() throws {
        try TestProject.with(["compose.yaml": "include: [pipe.yaml]"]) { project in
            mkfifo(project.folder.string + "/pipe.yaml", 0o600)
            do throws(LoadError) {
                _ = try Loader(options: project.options()).load()
                Issue.record("accepted")
            } catch {
                #expect(
                    error.description
                        == "compose.yaml:1:11: include[0]: open \(project.folder)/pipe.yaml: not a regular file"
                )
            }
        }
        #expect(try refusal("include: [/dev/zero]")?.hasSuffix("include[0]: open /dev/zero: file too large") == true)
    }

    @Test func `that extend and include in circles are refused`() throws {
        let chain = (0..<60).map { ("f\($0).yaml", "include: [f\($0 + 1).yaml]") }
        let files = Dictionary(uniqueKeysWithValues: chain + [("compose.yaml", "include: [f0.yaml]")])
        #expect(try refusal(files)?.contains("include cycle detected") == true)
        let services = (0..<300).map { "  s\($0): {extends: s\($0 + 1)}\n" }.joined()
        #expect(try refusal("services:\n\(services)  s300: {image: x}\n") == nil)
        #expect(
            try refusal("services: {a: {extends: b}, b: {extends: a}}")?.contains("circular reference in extends")
                == true
        )
    }

    @Test(arguments: ["..", "a/b", "", "-x y", "ä", "a\\0"])
    func `with names that lead elsewhere are refused`(name: String) throws {
        #expect(try refusal("services: {\"\(name)\": {image: x}}")?.contains("is not a name") ?? true)
        #expect(try refusal("services: {}\nvolumes: {\"\(name)\": }")?.contains("is not a name") ?? true)
    }

    @Test func `with ranges of all ports load in bounded time`() throws {
        let ports = try load("services: {web: {image: x, ports: ['1-65535:1-65535']}}").project.service("web")?.ports
        #expect(ports?.count == 65535)
    }
}
