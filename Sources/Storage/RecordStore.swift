import JSON
import Linux
public import SystemPackage

/// Records of one kind, each in a folder of its own: `<folder>/<name>/record.json`.
///
/// A record is written whole and survives a power cut; a folder without a record is one that was being made or removed.
public struct RecordStore<Record: Codable & Sendable>: Sendable {
    /// The folder that holds the records' folders.
    public let folder: FilePath

    /// The records in a folder, which need not exist yet.
    public init(_ folder: FilePath) {
        self.folder = folder
    }

    /// The folder of the record of that name.
    ///
    /// - Throws: `StorageError` for a name that no entry can have, so that none leads elsewhere.
    public func folder(of name: String) throws -> FilePath {
        guard let component = FileName(name) else {
            throw StorageError.unreadableRecord(path: name, reason: "not a name")
        }
        return folder.appending(component.description)
    }

    /// The record of that name; nil if there is none.
    public func record(_ name: String) throws -> Record? {
        let path = try folder(of: name).appending("record.json")
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path, limit: 16 << 20)
        } catch {
            guard error.errno != .noSuchFileOrDirectory, error.errno != .notDirectory else { return nil }
            throw error
        }
        do {
            return try JSON.decode(Record.self, from: bytes)
        } catch {
            throw StorageError.unreadableRecord(path: path.string, reason: "\(error)")
        }
    }

    /// Writes a record, making its folder where it is missing.
    public func save(_ record: Record, as name: String, isDurable: Bool = true) throws {
        let path = try folder(of: name)
        try Folder.makeAll(path)
        try WholeFile.replace(path.appending("record.json"), with: try JSON.encode(record), isDurable: isDurable)
    }

    /// All names that have a record, sorted.
    public func names() throws -> [String] {
        try Folder.names(in: folder).filter { Folder.hasEntry(folder.appending($0).appending("record.json")) }
    }

    /// Removes a record, then the rest of its folder: who dies in between leaves a folder that counts for nothing.
    public func remove(_ name: String) throws {
        let path = try folder(of: name)
        try Removal.file(path.appending("record.json"))
        try Removal.tree(path)
    }
}
