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

    /// Whether a container that is not on its way out names the volume in this folder.
    func name(_ volume: FilePath) throws(SystemError) -> Bool {
        guard let name = volume.lastComponent?.string else { return false }
        for container in try Folder.names(in: containers) where isPresent(container) {
            let record = containers.appending(container).appending("record.json")
            do throws(SystemError) {
                if Self.contains(try WholeFile.read(record, limit: Self.largestRecord), Array(name.utf8)) {
                    return true
                }
            } catch {
                guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
            }
        }
        return false
    }

    private func isPresent(_ folder: String) -> Bool { !folder.hasPrefix(".") || folder.hasPrefix(".draft-") }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        return text.indices.dropLast(word.count - 1).contains { place in
            text[place] == first && text[place..<place + word.count].elementsEqual(word)
        }
    }
}
