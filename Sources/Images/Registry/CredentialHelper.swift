import JSON
import Linux
import SystemPackage

/// A program that keeps credentials, `docker-credential-NAME`, by the protocol that Docker's helpers speak.
struct CredentialHelper {
    private let name: String
    private let program: FilePath

    /// Where programs are, by `PATH`; folders that are relative to wherever we are do not count.
    static var programFolders: [FilePath] {
        (OwnEnvironment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .filter { $0.hasPrefix("/") }.map { FilePath(String($0)) }
    }

    /// Finds the program.
    init(_ name: String, folders: [FilePath] = programFolders) throws(CredentialsError) {
        let isName = !name.isEmpty && name.utf8.allSatisfy(Self.isNameCharacter)
        guard isName else { throw .badHelperName(name) }
        let candidates = folders.map { $0.appending("docker-credential-\(name)") }
        guard let program = candidates.first(where: { Folder.hasEntry($0) }) else { throw .helperMissing(name) }
        self.name = name
        self.program = program
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// What it keeps for a registry; nil if nothing.
    func get(_ registry: String) throws(CredentialsError) -> Credentials.Proof? {
        let (succeeded, output) = try run("get", Array(registry.utf8))
        let isMissing = String(decoding: output, as: UTF8.self).contains("credentials not found in native keychain")
        if !succeeded, isMissing { return nil }
        guard succeeded else { throw .helperFailed(name, reason: Self.words(output)) }
        // What it gave instead of an answer may hold a secret: it is not shown.
        guard let document = try? JSONValue(parsing: output), let user = document["Username"]?.text,
            let secret = document["Secret"]?.text
        else { throw .helperFailed(name, reason: "its answer is not what it should be") }
        guard !secret.isEmpty else { return nil }
        return user == "<token>" ? .identityToken(secret) : .password(user: user, password: secret)
    }

    /// Has it keep a proof for a registry.
    func store(_ proof: Credentials.Proof, for registry: String) throws(CredentialsError) {
        let (user, secret) =
            switch proof {
            case .password(let user, let password): (user, password)
            case .identityToken(let token): ("<token>", token)
            }
        let document: JSONValue = [
            "ServerURL": .string(registry), "Username": .string(user), "Secret": .string(secret),
        ]
        let (succeeded, output) = try run("store", document.bytes())
        guard succeeded else { throw .helperFailed(name, reason: Self.words(output)) }
    }

    /// Has it forget a registry.
    ///
    /// - Returns: Whether it kept something.
    func erase(_ registry: String) throws(CredentialsError) -> Bool {
        guard try get(registry) != nil else { return false }
        let (succeeded, output) = try run("erase", Array(registry.utf8))
        guard succeeded else { throw .helperFailed(name, reason: Self.words(output)) }
        return true
    }

    private func run(_ verb: String, _ input: [UInt8]) throws(CredentialsError) -> (succeeded: Bool, output: [UInt8]) {
        do {
            let answer = try HelperProgram.run(
                program,
                arguments: [verb],
                environment: OwnEnvironment.texts,
                input: input
            )
            return (answer.status == .exited(0), answer.output)
        } catch {
            throw .helperFailed(name, reason: "\(error.errno)")
        }
    }

    /// The first line of what a helper said, kept short.
    private static func words(_ output: [UInt8]) -> String {
        let line = output.split(whereSeparator: { $0 < 0x20 }).first ?? []
        return line.isEmpty ? "it failed" : String(decoding: line.prefix(200), as: UTF8.self)
    }
}
