import Glibc
import Linux
import Synchronization
import SystemPackage
import Testing

/// A small HTTP server on loopback whose answers a test writes: also those that no honest server gives.
public final class ScriptedServer: Sendable {
    /// What was asked.
    public struct Request: Sendable {
        /// Such as `GET`.
        public var method: String
        /// Path and query.
        public var target: String
        /// By names in lower case.
        public var headers: [String: String]
        /// What came with it.
        public var body: [UInt8]

        /// Without the query.
        public var path: String { String(target.prefix { $0 != "?" }) }
        /// Where a range begins; 0 without one.
        public var rangeStart: Int {
            guard let range = headers["range"], range.hasPrefix("bytes=") else { return 0 }
            return Int(range.dropFirst("bytes=".count).prefix { $0 != "-" }) ?? 0
        }
    }

    /// What is answered.
    public struct Answer: Sendable {
        /// 0 closes the connection without an answer.
        public var status = 200
        /// Names and values.
        public var headers: [(String, String)] = []
        /// What is sent.
        public var body: [UInt8] = []
        /// What `Content-Length` says; nil says the truth, and a negative number nothing.
        public var claimedLength: Int?
        /// The connection is cut after so many bytes of the body.
        public var cut: Int?
        /// Called between pieces of the body.
        public var pieceSent: (@Sendable (Int) -> Void)?
        /// What is sent after `body`: so many pieces, one after the other.
        public var pieces: (count: Int, piece: [UInt8])?

        /// An answer of these parts.
        public init(
            status: Int = 200,
            headers: [(String, String)] = [],
            body: [UInt8] = [],
            claimedLength: Int? = nil,
            cut: Int? = nil,
            pieceSent: (@Sendable (Int) -> Void)? = nil,
            pieces: (count: Int, piece: [UInt8])? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.claimedLength = claimedLength
            self.cut = cut
            self.pieceSent = pieceSent
            self.pieces = pieces
        }

        /// Some JSON.
        public static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: headers + [("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }

    /// Where it listens.
    public let port: Int
    /// Address and port.
    public var host: String { "127.0.0.1:\(port)" }
    private let listener: Int32
    private let answer: @Sendable (Request) -> Answer
    private let log = Mutex<[Request]>([])
    private let isOver = Atomic(false)

    /// What was asked so far.
    public var requests: [Request] { log.withLock { $0 } }

    /// Starts one that answers so.
    public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        self.answer = answer
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        try #require(isBound && listen(listener, 64) == 0)
        self.listener = listener
        port = Int(in_port_t(bigEndian: address.sin_port))
        let server = Unowned(self)
        try Thread.start {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                guard let server = server.value else {
                    close(client)
                    break
                }
                try? Thread.start { server.serve(client) }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private final class Unowned: Sendable {
        nonisolated(unsafe) weak var value: ScriptedServer?
        init(_ value: ScriptedServer) { self.value = value }
    }

    // MARK: One connection

    private func serve(_ client: Int32) {
        defer { close(client) }
        var buffer: [UInt8] = []
        while let request = Self.read(client, &buffer) {
            log.withLock { $0.append(request) }
            guard Self.send(answer(request), to: client, isHead: request.method == "HEAD") else { return }
        }
    }

    private static func read(_ client: Int32, _ buffer: inout [UInt8]) -> Request? {
        let blank = Array("\r\n\r\n".utf8)
        var end = 0
        while true {
            // The greeting of TLS, to which a plain server says what it thinks of it.
            if buffer.first == 0x16 {
                _ = write(Array("HTTP/1.0 400 Bad Request\r\n\r\n".utf8), to: client)
                return nil
            }
            if let found = place(of: blank, in: buffer) {
                end = found
                break
            }
            guard receive(client, &buffer) else { return nil }
        }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        buffer.removeFirst(end + 4)
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while buffer.count < length { guard receive(client, &buffer) else { return nil } }
        let body = Array(buffer[..<length])
        buffer.removeFirst(length)
        return Request(method: words[0], target: words.count > 1 ? words[1] : "", headers: headers, body: body)
    }

    private static func place(of part: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return (0...(bytes.count - part.count)).first { bytes[$0...].starts(with: part) }
    }

    private static func receive(_ client: Int32, _ buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(client, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    /// False ends the connection.
    private static func send(_ answer: Answer, to client: Int32, isHead: Bool) -> Bool {
        guard answer.status != 0 else { return false }
        let whole = answer.body.count + (answer.pieces.map { $0.count * $0.piece.count } ?? 0)
        var head = "HTTP/1.1 \(answer.status) Status\r\n"
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        let length = answer.claimedLength ?? whole
        head += length >= 0 ? "Content-Length: \(length)\r\n\r\n" : "Connection: close\r\n\r\n"
        guard write(Array(head.utf8), to: client) else { return false }
        guard !isHead else { return true }
        if let (count, piece) = answer.pieces {
            guard write(answer.body, to: client) else { return false }
            for _ in 0..<count { guard write(piece, to: client) else { return false } }
            return length == whole
        }
        let body = answer.body.prefix(answer.cut ?? answer.body.count)
        guard let pieceSent = answer.pieceSent else { return write(Array(body), to: client) && ends(answer, length) }
        var sent = 0
        while sent < body.count {
            let piece = Array(body.dropFirst(sent).prefix(max(1, body.count / 8)))
            guard write(piece, to: client) else { return false }
            sent += piece.count
            pieceSent(sent)
        }
        return ends(answer, length)
    }

    private static func ends(_ answer: Answer, _ length: Int) -> Bool {
        answer.cut == nil && length == answer.body.count
    }

    private static func write(_ bytes: [UInt8], to client: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
