import JSON
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Journal

@Suite struct Journals {
    private func entry(_ number: Int, _ attributes: [String: String] = [:]) -> JournalEntry {
        JournalEntry(.container, "start", id: "c\(number)", attributes: attributes, time: Int64(number))
    }

    private func identifiers(_ reader: inout JournalReader) throws -> [String] {
        var found: [String] = []
        try reader.readAvailable { found.append($0.id) }
        return found
    }

    @Test func `are Docker's events, one a line`() throws {
        try withTemporaryFolder { folder in
            let journal = Journal(folder.appending("events"))
            let attributes = ["name": "web", "image": "busybox", "exitCode": "3"]
            journal.add(
                JournalEntry(.container, "die", id: "abc", attributes: attributes, time: 1_795_467_922_123_456_789)
            )
            journal.add(JournalEntry(.volume, "create", id: "data", attributes: ["driver": "local"], time: 5))
            let expected = """
                {"status":"die","id":"abc","from":"busybox","Type":"container","Action":"die","Actor":{"ID":"abc",\
                "Attributes":{"exitCode":"3","image":"busybox","name":"web"}},"scope":"local","time":1795467922,\
                "timeNano":1795467922123456789}
                {"Type":"volume","Action":"create","Actor":{"ID":"data","Attributes":{"driver":"local"}},\
                "scope":"local","time":0,"timeNano":5}

                """
            let bytes = try WholeFile.read(folder.appending("events/1"))
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
        }
    }

    @Test func `are read from the start or from the end, and on`() throws {
        try withTemporaryFolder { folder in
            let journal = Journal(folder)
            journal.add(entry(1, ["label": "a\nb"]))
            var all = try JournalReader(journal, isFromEnd: false)
            var new = try JournalReader(journal, isFromEnd: true)
            #expect(try identifiers(&all) == ["c1"])
            #expect(try identifiers(&new) == [])
            journal.add(entry(2))
            #expect(try identifiers(&all) == ["c2"])
            #expect(try identifiers(&new) == ["c2"])
            #expect(try identifiers(&new) == [])
        }
    }

    @Test func `are bounded, and lose nothing that is read as it comes`() throws {
        try withTemporaryFolder { folder in
            let journal = Journal(folder)
            let long = ["text": String(repeating: "x", count: 4000)]
            var reader = try JournalReader(journal, isFromEnd: false)
            var found: [String] = []
            for number in 1...1000 {
                journal.add(entry(number, long))
                if number % 100 == 0 { found += try identifiers(&reader) }
            }
            #expect(found == (1...1000).map { "c\($0)" })
            #expect(try Folder.names(in: folder).count == 2)
            var late = try JournalReader(journal, isFromEnd: false)
            let kept = try identifiers(&late)
            #expect(kept.last == "c1000")
            #expect((250...520).contains(kept.count))
        }
    }

    @Test func `take entries from many threads, each whole`() throws {
        try withTemporaryFolder { folder in
            let journal = Journal(folder)
            let results = try Parallel.map(Array(0..<8), width: 8) { thread in
                for number in 0..<200 { journal.add(entry(thread * 200 + number, ["name": "n\(number)"])) }
                return true
            }
            #expect(results.count == 8)
            var reader = try JournalReader(journal, isFromEnd: false)
            #expect(Set(try identifiers(&reader)) == Set((0..<1600).map { "c\($0)" }))
        }
    }

    @Test func `pass over lines that are none`() throws {
        try withTemporaryFolder { folder in
            let torn = Array(#"{"Type":"container","Act"#.utf8) + [UInt8(ascii: "\n")]
            try WholeFile.replace(folder.appending("1"), with: torn, isDurable: false)
            let journal = Journal(folder)
            journal.add(entry(7))
            var reader = try JournalReader(journal, isFromEnd: false)
            #expect(try identifiers(&reader) == ["c7"])
        }
    }
}
