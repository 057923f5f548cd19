import CCurl

/// Makes requests, one at a time on the calling thread; several threads may each make theirs.
///
/// Proxies are taken from the environment, as everywhere. Redirects are answers like others: whoever follows them decides
/// what goes along.
public struct HTTPClient: Sendable {
    /// Seconds after which a transfer that stands still is given up.
    public var stallTimeout: Int

    /// A value of these parts.
    public init(stallTimeout: Int = 60) {
        self.stallTimeout = stallTimeout
    }

    /// Makes a request and gives the answer's body to `receive` piece by piece, as it comes.
    ///
    /// - Parameters:
    ///   - answered: Called once, when the status and headers are there and before the first piece; false ends the transfer.
    ///   - receive: Gets the body's pieces; false ends the transfer.
    public func perform(
        _ request: HTTPRequest,
        answered: @escaping (HTTPResponse) -> Bool = { _ in true },
        receive: @escaping ([UInt8]) -> Bool
    ) throws(HTTPError) -> HTTPResponse {
        let transfer = Transfer(upload: request.body ?? [], answered: answered, receive: receive)
        var status = 0
        var message = [CChar](repeating: 0, count: 256)
        let code = transfer.perform(request, stallTimeout: stallTimeout, status: &status, message: &message)
        guard code == 0 else {
            let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw HTTPError(reason: Self.reason(code), url: request.url, message: text)
        }
        transfer.finishHeaders()
        return transfer.response
    }

    /// The whole answer, up to `limit` bytes of body; a longer one is an error.
    public func perform(_ request: HTTPRequest, limit: Int) throws(HTTPError) -> (HTTPResponse, [UInt8]) {
        var body: [UInt8] = []
        let response = try perform(request) { piece in
            guard body.count + piece.count <= limit else { return false }
            body.append(contentsOf: piece)
            return true
        }
        return (response, body)
    }

    /// libcurl's codes. `libcurl-errors(3)`
    private static func reason(_ code: Int32) -> HTTPError.Reason {
        switch code {
        case -1: .unavailable
        case 5, 6: .unknownHost
        case 7: .unreachable
        case 18, 28, 52, 55, 56, 92: .interrupted
        case 23, 42: .cancelled
        case 35, 51, 58, 60, 77, 83: .untrusted
        default: .other
        }
    }
}

/// One exchange under way: what libcurl's callbacks are given.
private final class Transfer {
    private let upload: [UInt8]
    private var uploaded = 0
    private let answered: (HTTPResponse) -> Bool
    private let receive: ([UInt8]) -> Bool
    private var isAnswered = false
    private(set) var response = HTTPResponse(status: 0)

    init(
        upload: [UInt8],
        answered: @escaping (HTTPResponse) -> Bool,
        receive: @escaping ([UInt8]) -> Bool
    ) {
        self.upload = upload
        self.answered = answered
        self.receive = receive
    }

    func perform(_ request: HTTPRequest, stallTimeout: Int, status: inout Int, message: inout [CChar]) -> Int32 {
        let texts = CStrings()
        var headers = request.headers.map { texts.add("\($0.name): \($0.value)") }
        return headers.withUnsafeMutableBufferPointer { lines in
            var call = tutti_http_request()
            call.method = texts.add(request.method.rawValue)
            call.url = texts.add(request.url)
            call.headers = UnsafePointer(lines.baseAddress)
            call.header_count = lines.count
            call.authority_file = request.trust.authorityFile.flatMap(texts.add)
            call.certificate = request.trust.certificate.flatMap(texts.add)
            call.key = request.trust.key.flatMap(texts.add)
            call.is_insecure = request.trust.isInsecure ? 1 : 0
            call.upload_size = request.body.map { Int64($0.count) } ?? -1
            call.stall_seconds = stallTimeout
            call.context = Unmanaged.passUnretained(self).toOpaque()
            call.header = { context, line, length in
                Transfer.of(context)?.takeHeader(UnsafeRawBufferPointer(start: line, count: length))
            }
            call.body = { context, bytes, length in
                let piece = UnsafeRawBufferPointer(start: bytes, count: length)
                return Transfer.of(context)?.takeBody(piece) == true ? 0 : 1
            }
            call.upload = { context, bytes, capacity in
                Transfer.of(context)?.give(UnsafeMutableRawBufferPointer(start: bytes, count: capacity)) ?? -1
            }
            return withExtendedLifetime(texts) { tutti_http_perform(&call, &status, &message) }
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            // A status line: the first of an answer, or of the final one after a provisional one.
            response = HTTPResponse(status: line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let name = line[..<colon].lowercased()
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        response.headers[name] = response.headers[name].map { "\($0), \(value)" } ?? String(value)
    }

    /// Tells of the answer before its body, or at the end if there was none.
    @discardableResult
    func finishHeaders() -> Bool {
        guard !isAnswered else { return true }
        isAnswered = true
        return answered(response)
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        finishHeaders() && receive(Array(bytes))
    }

    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = upload[uploaded...].prefix(buffer.count)
        buffer.copyBytes(from: piece)
        uploaded += piece.count
        return piece.count
    }
}

/// C strings that live as long as the value.
private final class CStrings {
    private var pointers: [UnsafeMutablePointer<CChar>] = []

    func add(_ text: String) -> UnsafePointer<CChar>? {
        let bytes = Array(text.utf8CString)
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        pointer.initialize(from: bytes, count: bytes.count)
        pointers.append(pointer)
        return UnsafePointer(pointer)
    }

    deinit { for pointer in pointers { pointer.deallocate() } }
}
