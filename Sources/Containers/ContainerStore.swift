import JSON
import Linux
public import Storage
import Supervision
public import SystemPackage

/// The containers of a root. Folders are the truth; a value of this type holds no state.
public struct ContainerStore: Sendable {
    /// The root that the containers are in.
    public let root: StateRoot
    /// The folder with `tutti-monitor` and `tutti-init`.
    let programs: FilePath

    /// - Parameter programs: The folder with the programs that a container needs; beside this one if nil.
    public init(root: StateRoot, programs: FilePath? = nil) {
        self.root = root
        self.programs = programs ?? Self.ownFolder
    }

    private static let ownFolder: FilePath = {
        guard let file = NameLink.destination(of: "/proc/self/exe") else { return "/usr/libexec/tutti" }
        return FilePath(file).removingLastComponent()
    }()

    func folders(_ id: String) -> ContainerFolders {
        ContainerFolders(root: root, id: id, programs: programs.string)
    }

    // MARK: Finding

    /// Every container, newest first. A record that cannot be read is left out, so that one broken container
    /// does not hide the others.
    public func all() throws(ContainerError) -> [Container] {
        let names = try systemCall { () throws(SystemError) in try Folder.names(in: root.containers) }
        return names.filter(Self.isIdentifier).compactMap { try? container(withID: $0) }
            .sorted { ($0.configuration.createdAt, $0.id) > ($1.configuration.createdAt, $1.id) }
    }

    /// The container of that name, identifier, or start of an identifier that no other has.
    public func find(_ reference: String) throws(ContainerError) -> Container {
        let name = reference.hasPrefix("/") ? String(reference.dropFirst()) : reference
        if Self.isIdentifier(name), Folder.hasEntry(root.container(name)) { return try container(withID: name) }
        if let id = holder(of: name) { return try container(withID: id) }
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isHexadecimal) else { throw .notFound(reference) }
        let names = try systemCall { () throws(SystemError) in try Folder.names(in: root.containers) }
        let matches = names.filter { Self.isIdentifier($0) && $0.hasPrefix(name) }
        guard let first = matches.first else { throw .notFound(reference) }
        guard matches.count == 1 else { throw .ambiguous(reference) }
        return try container(withID: first)
    }

    /// The identifier of the container that has a name, if one has.
    public func holder(of name: String) -> String? {
        guard Self.isName(name), let link = NameLink.destination(of: root.containerNames.appending(name)) else {
            return nil
        }
        let id = String(link.split(separator: "/").last ?? "")
        return Self.isIdentifier(id) ? id : nil
    }

    private func container(withID id: String) throws(ContainerError) -> Container {
        let path = FilePath(folders(id).record)
        let bytes = try systemCall { () throws(SystemError) in try WholeFile.read(path, limit: 16 << 20) }
        do {
            return Container(store: self, configuration: try JSON.decode(ContainerConfiguration.self, from: bytes))
        } catch {
            throw .damaged(path: path.string, reason: "\(error)")
        }
    }

    /// Replaces a container's record, for a new name.
    func rewrite(_ configuration: ContainerConfiguration) throws(ContainerError) {
        let path = folders(configuration.id).record
        let bytes = try encoded(configuration, at: path)
        try systemCall { () throws(SystemError) in try WholeFile.replace(FilePath(path), with: bytes, isDurable: true) }
    }

    func encoded(
        _ configuration: ContainerConfiguration,
        at path: String
    ) throws(ContainerError) -> [UInt8] {
        do {
            return try JSON.encode(configuration)
        } catch {
            throw .damaged(path: path, reason: "\(error)")
        }
    }

    // MARK: Names

    /// Whether a text can be a container's name: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    public static func isName(_ text: String) -> Bool {
        guard text.utf8.count >= 2, text.utf8.count <= 255, let first = text.utf8.first, isAlphanumeric(first) else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }

    static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isHexadecimal)
    }
}

/// Does something with the system, and tells its errors as this module's.
func systemCall<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
) throws(ContainerError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw .system(error)
    }
}
