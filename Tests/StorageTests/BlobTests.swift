import Compression
import Linux
import OCI
import Storage
import TestSupport
import Testing

@Suite struct BlobsBegunAnew {
    @Test func `that are written again are young again, and only those that are there can be`() throws {
        try withTemporaryFolder { folder in
            let store = BlobStore(folder)
            let digest = try store.write([1])
            func makeOld() throws { try FileTimes.set(store.path(of: digest), to: 1_000_000_000) }
            func isOld() throws -> Bool { try FileStatus.of(store.path(of: digest))?.modifiedAt == 1_000_000_000 }
            try makeOld()
            #expect(try isOld())
            #expect(try store.renew(digest))
            #expect(try !isOld())
            try makeOld()
            _ = try store.write([1])
            #expect(try !isOld())
            try makeOld()
            let file = folder.appending("file")
            try WholeFile.replace(file, with: [1], isDurable: false)
            try store.adopt(whole: file, as: digest)
            #expect(try !isOld())
            try store.remove(digest)
            #expect(try store.renew(digest) == false)
        }
    }
}
