import Linux
import SystemPackage

/// The containers of a root, asked whether they use a volume.
///
/// A monitor knows nothing of what is in a record, and need not: a volume that nobody named has a name of 64 random digits, and a
/// record that it does not stand in does not mean it.
struct VolumeUsers {
    /// The folder of all containers, those that are being made included.
    let containers: FilePath

    private static let largestRecord = 16 << 20
    private static let draftPrefix = ".draft-"

    /// Whether a container that is not on its way out names the volume in this folder.
    func name(_ volume: FilePath) throws(SystemError) -> Bool {
        guard let name = volume.lastComponent?.string else { return false }
        for folder in try Folder.names(in: containers) {
            for record in records(of: folder) where try mentions(name, in: record) { return true }
        }
        return false
    }

    /// Where the record of a folder's container may be. What is being made gets its name when it is whole, and that may be
    /// between the listing and the reading.
    func records(of folder: String) -> [FilePath] {
        let isDraft = folder.hasPrefix(Self.draftPrefix)
        guard isDraft || !folder.hasPrefix(".") else { return [] }
        let places = isDraft ? [folder, String(folder.dropFirst(Self.draftPrefix.count))] : [folder]
        return places.map { containers.appending($0).appending("record.json") }
    }

    private func mentions(_ name: String, in record: FilePath) throws(SystemError) -> Bool {
        do throws(SystemError) {
            return Self.contains(try WholeFile.read(record, limit: Self.largestRecord), Array(name.utf8))
        } catch {
            guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
            return false
        }
    }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        return text.indices.dropLast(word.count - 1).contains { place in
            text[place] == first && text[place..<place + word.count].elementsEqual(word)
        }
    }
}
