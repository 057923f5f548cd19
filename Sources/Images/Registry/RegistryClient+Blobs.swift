import HTTP
import OCI
import Storage

extension RegistryClient {
    /// Fetches what is missing of a blob, going on where the connection broke.
    ///
    /// - Parameter progressed: Told how many bytes are there after each piece; false ends it.
    /// - Throws: ``RegistryError``; `StorageError/wrongSize(expected:actual:)` for a registry that has something else.
    func fetch(_ descriptor: Descriptor, into blob: PartialBlob, progressed: (Int64) -> Bool) throws {
        var before = blob.size
        try withoutActuallyEscaping(progressed) { progressed in
            try transport.persist(hasProgressed: { blob.size > before }) {
                before = blob.size
                guard blob.size < descriptor.size else { return }
                try fetchOnce(descriptor, into: blob, progressed)
            }
        }
    }

    private func fetchOnce(
        _ descriptor: Descriptor,
        into blob: PartialBlob,
        _ progressed: @escaping (Int64) -> Bool
    ) throws {
        var request = request("blobs/\(descriptor.digest)", accepted: [200, 206])
        if blob.size > 0 { request.headers = [(name: "Range", value: "bytes=\(blob.size)-")] }
        var failure: (any Error)?
        // What comes again: all of it, from a server that knows no ranges.
        var skipped: Int64 = 0
        _ = try transport.perform(request) { response in
            skipped = response.status == 200 ? blob.size : 0
            guard let total = Self.total(response, from: blob.size), total != descriptor.size else { return true }
            failure = StorageError.wrongSize(expected: descriptor.size, actual: total)
            return false
        } receive: { piece in
            let again = Int(min(skipped, Int64(piece.count)))
            skipped -= Int64(again)
            guard again < piece.count else { return true }
            guard blob.size + Int64(piece.count - again) <= descriptor.size else {
                let actual = blob.size + Int64(piece.count - again)
                failure = StorageError.wrongSize(expected: descriptor.size, actual: actual)
                return false
            }
            do {
                try blob.append(again == 0 ? piece : Array(piece[again...]))
            } catch {
                failure = error
            }
            return failure == nil && progressed(blob.size)
        } ended: { error in
            failure ?? error
        }
    }

    /// How long the blob is by the server's word; nil if it does not say.
    private static func total(_ response: HTTPResponse, from offset: Int64) -> Int64? {
        guard response.status == 206 else { return response["content-length"].flatMap { Int64($0) } }
        // `bytes 200-999/1000`, RFC 9110
        if let range = response["content-range"], let slash = range.lastIndex(of: "/") {
            return Int64(range[range.index(after: slash)...])
        }
        return response["content-length"].flatMap { Int64($0) }.map { $0 + offset }
    }
}
