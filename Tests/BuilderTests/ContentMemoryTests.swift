import Linux
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite struct RememberedContents {
    /// What is read of a file, and what is known of it without.
    private struct Reading: Equatable {
        var digest: String
        var attributes: [String: [UInt8]]
        var reads = 0
    }

    private func read(_ path: FilePath, with memory: FilePath, at time: Int64) throws -> Reading {
        let context = try ContextTree(path.removingLastComponent(), memory: ContentMemory(nil))
        let name = try TreePath(clamping: path.lastComponent?.string ?? "")
        guard let content = try context.entry(at: name)?.content else { throw Absent() }
        let memory = ContentMemory(memory, at: time)
        var reading = Reading(digest: "", attributes: [:])
        let digest = try memory.digest(of: content) {
            reading.reads += 1
            return try context.open(name)
        }
        reading.attributes = try memory.attributes(of: content) {
            reading.reads += 1
            return try context.attributes(at: name)
        }
        reading.digest = digest.prefix(2).map { String($0, radix: 16) }.joined()
        memory.save()
        return reading
    }

    @Test func `are not read again, nor their attributes, until the kernel says that the file has changed`() throws {
        try withTemporaryFolder { folder in
            let (file, memory) = (folder.appending("file"), folder.appending("memory"))
            try WholeFile.replace(file, with: Array("a".utf8), isDurable: false)
            let (now, later) = (Timestamp.now(), Timestamp.now() + 10_000_000_000)
            // What changed just now may change again within one tick of the clock.
            #expect(try read(file, with: memory, at: now) == Reading(digest: "ca97", attributes: [:], reads: 2))
            #expect(try read(file, with: memory, at: later) == Reading(digest: "ca97", attributes: [:], reads: 2))
            #expect(try read(file, with: memory, at: later) == Reading(digest: "ca97", attributes: [:], reads: 0))
            try OpenFolder(opening: folder).setExtendedAttribute("user.x", [1], of: FileName("file"))
            let changed = Reading(digest: "ca97", attributes: ["user.x": [1]], reads: 2)
            #expect(try read(file, with: memory, at: later) == changed)
            // One with attributes has them read, and its contents not.
            #expect(
                try read(file, with: memory, at: later)
                    == Reading(digest: "ca97", attributes: ["user.x": [1]], reads: 1)
            )
        }
    }
}
