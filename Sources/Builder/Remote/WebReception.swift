import HTTP
import Hashing
import Linux
import OCI

/// A file of the web on its way to the disk.
final class WebReception {
    static let successes: ClosedRange<Int> = 200...299
    /// A file may have so many bytes.
    private static let limit: Int64 = 64 << 30

    private let file: WebFile
    private let known: WebFetch.Version?
    private let makeTarget: (FileName) throws -> OwnedDescriptor
    private let progress: (Int64, Int64?) -> Void
    private let hash = SHA2()
    private var target: OwnedDescriptor?
    private var response = HTTPResponse(status: 0)
    private var size: Int64 = 0
    private var told = MonotonicTime.now
    /// Whether the server has the file that is known.
    private(set) var isKnown = false
    /// Why no more was taken.
    private(set) var failure: (any Error)?

    init(
        _ file: WebFile,
        known: WebFetch.Version?,
        _ makeTarget: @escaping (FileName) throws -> OwnedDescriptor,
        _ progress: @escaping (Int64, Int64?) -> Void
    ) {
        self.file = file
        self.known = known
        self.makeTarget = makeTarget
        self.progress = progress
    }

    /// The headers that ask for another file than the known one.
    var conditions: [(name: String, value: String)] {
        if let tag = known?.tag { return [(name: "If-None-Match", value: tag)] }
        return known?.modified.map { [(name: "If-Modified-Since", value: $0)] } ?? []
    }

    /// What came, once all of it is there, or what is known.
    func version() throws -> WebFetch.Version {
        if isKnown, let known { return known }
        return WebFetch.Version(
            name: try file.name(response).description,
            digest: Digest(sha256: hash.sum()),
            tag: response["ETag"],
            modified: response["Last-Modified"]
        )
    }

    /// Looks at an answer before its body comes; false wants none.
    func answered(_ response: HTTPResponse) -> Bool {
        guard response.status != 304 else {
            isKnown = known != nil
            return true
        }
        guard Self.successes.contains(response.status) else { return true }
        self.response = response
        size = 0
        // Some servers send the file again although they know that it is the same.
        isKnown = known?.tag != nil && Self.strong(known?.tag) == Self.strong(response["ETag"])
        return !isKnown && attempt { target = try makeTarget(file.name(response)) }
    }

    /// Takes a piece of the body; false wants no more.
    func receive(_ piece: [UInt8]) -> Bool {
        size += Int64(piece.count)
        // What a failure or a redirect says of itself is not looked at.
        guard target != nil else { return size <= 1 << 20 }
        return attempt {
            guard size <= Self.limit else { throw BuilderError(.download(file.address.text, reason: "too large")) }
            hash.update(piece)
            try target?.write(piece)
            guard told.duration(to: .now) >= .seconds(1) else { return }
            told = .now
            progress(size, response["Content-Length"].flatMap { Int64($0) })
        }
    }

    private func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Without the mark of tags that mean the same and not the same bytes.
    private static func strong(_ tag: String?) -> Substring? {
        tag.map { $0.hasPrefix("W/") ? $0.dropFirst(2) : $0[...] }
    }
}
