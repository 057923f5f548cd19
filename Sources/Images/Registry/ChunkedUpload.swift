import HTTP
import OCI
import Storage

/// An upload of a blob whose digest and size show only at its end. It goes in pieces, each of which is kept until it has
/// arrived: where the connection breaks, no more than what is missing is sent again.
struct ChunkedUpload {
    private let client: RegistryClient
    private let chunkSize: Int
    private var session: WebAddress
    private let sum = ContentSum()
    private var chunk: [UInt8] = []
    /// How many bytes have arrived.
    private(set) var size: Int64 = 0

    private static let usualChunkSize = 8 << 20

    /// - Parameter minimum: What the registry wants every piece but the last to have.
    init(_ client: RegistryClient, to session: WebAddress, minimum: Int) {
        self.client = client
        self.session = session
        chunkSize = max(Self.usualChunkSize, min(minimum, 64 << 20))
    }

    /// Adds to the blob.
    mutating func write(_ piece: [UInt8]) throws {
        guard !piece.isEmpty else { return }
        sum.update(piece)
        chunk += piece
        if chunk.count >= chunkSize { try flush() }
    }

    /// Makes what was written a blob of the repository.
    mutating func finish() throws -> (digest: Digest, size: Int64) {
        if !chunk.isEmpty { try flush() }
        let digest = sum.digest
        var request = client.request("", accepted: [201])
        request.method = .put
        request.address = session.adding([("digest", digest.description)])
        request.body = { .bytes([]) }
        request.stallTimeout = RegistryClient.patience
        _ = try client.transport.perform(request)
        return (digest, size)
    }

    private mutating func flush() throws {
        session = try arrive()
        size += Int64(chunk.count)
        chunk.removeAll(keepingCapacity: true)
    }

    /// Sends the piece until it has arrived, and says where the upload goes on.
    private func arrive() throws -> WebAddress {
        var (arrived, session, isFirst) = (0, session, true)
        return try client.transport.persist {
            if !isFirst {
                let (received, place) = try progress(of: session)
                guard (size...size + Int64(chunk.count)).contains(received) else {
                    throw client.failure("an upload that went astray")
                }
                (arrived, session) = (Int(received - size), place)
                if arrived == chunk.count { return session }
            }
            isFirst = false
            return try send(from: arrived, to: session)
        }
    }

    private func send(from start: Int, to session: WebAddress) throws -> WebAddress {
        let bytes = start == 0 ? chunk : Array(chunk[start...])
        let first = size + Int64(start)
        var request = client.request("", accepted: [202])
        request.method = .patch
        request.address = session
        request.headers = [
            (name: "Content-Type", value: "application/octet-stream"),
            (name: "Content-Range", value: "\(first)-\(first + Int64(bytes.count) - 1)"),
        ]
        request.stallTimeout = RegistryClient.patience
        request.body = { .bytes(bytes) }
        return try client.location(try client.transport.perform(request), from: session)
    }

    /// How many bytes of the upload have arrived, and where it goes on.
    private func progress(of session: WebAddress) throws -> (received: Int64, session: WebAddress) {
        var request = client.request("", accepted: [204, 202])
        request.address = session
        let response = try client.transport.perform(request)
        // `0-1023`; `0-0` is what is said of nothing, and would be said of a single byte.
        let last = response["range"]?.split(separator: "-").last.flatMap { Int64($0) } ?? 0
        return (last == 0 ? 0 : last + 1, response["location"].flatMap(session.following) ?? session)
    }
}
