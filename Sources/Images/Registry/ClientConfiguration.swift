import JSON
import Linux
public import SystemPackage

/// What Docker's `config.json` says besides who one is.
public enum ClientSetting {
    /// A text by its name; nil where it is not said, or is no text.
    ///
    /// - Throws: ``CredentialsError`` for a file that cannot be read.
    public static func text(_ name: String, in file: FilePath) throws(CredentialsError) -> String? {
        try ClientConfiguration(file).document[name]?.text
    }
}

/// Docker's `config.json`, as far as it says who one is.
struct ClientConfiguration: Sendable {
    /// Where it is; nil for one that came in the environment.
    let path: FilePath?
    /// All of it: what belongs to others is kept.
    private(set) var document: JSONValue

    /// Reads a file; a missing one says nothing.
    ///
    /// - Throws: ``CredentialsError`` for one that cannot be read.
    init(_ path: FilePath) throws(CredentialsError) {
        var bytes = Array("{}".utf8)
        do {
            bytes = try WholeFile.read(path, limit: 16 << 20)
        } catch {
            let isMissing = [.noSuchFileOrDirectory, .notDirectory].contains(error.errno)
            guard isMissing else { throw .unreadable(path: path.string, reason: "\(error.errno)") }
        }
        try self.init(bytes, path: path)
    }

    /// - Parameter name: Where the text came from, for messages.
    init(_ bytes: [UInt8], path: FilePath? = nil, name: String = "DOCKER_AUTH_CONFIG") throws(CredentialsError) {
        self.path = path
        let isBlank = bytes.allSatisfy { $0 <= 0x20 }
        // A parser's message may quote what it read, which nobody is to see.
        guard let document = isBlank ? .object([]) : try? JSONValue(parsing: bytes), case .object = document else {
            throw .unreadable(path: path?.string ?? name, reason: "not a JSON object")
        }
        self.document = document
    }

    /// The entries of `auths`, by the names that they have.
    var entries: [JSONValue.Member] {
        guard case .object(let members)? = document["auths"] else { return [] }
        return members
    }

    /// The helper that keeps credentials for a registry; nil if they are in the file.
    func helper(for registry: String) -> String? {
        if case .object(let helpers)? = document["credHelpers"] {
            let names = [registry, Credentials.host(registry)] + (registry == Credentials.hubName ? ["docker.io"] : [])
            if let helper = helpers.last(where: { names.contains($0.name) })?.value.text { return helper }
        }
        return document["credsStore"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Puts an entry in place of others for the registry; nil removes them.
    ///
    /// - Returns: Whether anything was there.
    mutating func set(_ entry: JSONValue?, for registry: String) -> Bool {
        let host = Credentials.host(registry)
        let kept = entries.filter { Credentials.host($0.name) != host }
        let isReplacing = kept.count != entries.count
        let added = entry.map { [JSONValue.Member(registry, $0)] } ?? []
        guard case .object(var members) = document else { return isReplacing }
        members.removeAll { $0.name == "auths" }
        document = .object([.init("auths", .object(kept + added))] + members)
        return isReplacing
    }

    /// Writes the file, for its owner alone. A link is kept, and what it leads to is replaced.
    func write() throws {
        guard let path else { return }
        try Folder.makeAll(path.removingLastComponent())
        let target = NameLink.destination(of: path).map { path.removingLastComponent().pushing(FilePath($0)) }
        let bytes = document.bytes(indentation: 4) + [UInt8(ascii: "\n")]
        try WholeFile.replace(target ?? path, with: bytes, isDurable: true, mode: 0o600)
    }
}
