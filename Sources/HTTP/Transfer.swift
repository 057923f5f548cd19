import CCurl

/// One exchange under way: what libcurl's callbacks are given.
final class Transfer {
    /// As many bytes as headers may have, all together.
    private static let headerLimit = 1 << 18
    /// libcurl gives its buffer in small pieces; so much of them is handed on at once.
    private static let pieceSize = 1 << 17

    private let body: HTTPRequest.Body?
    private var piece: ArraySlice<UInt8> = []
    private var isDrained = false
    private var given: Int64 = 0
    private let answered: (HTTPResponse) -> Bool
    private let receive: ([UInt8]) -> Bool
    private var isAnswered = false
    private var gathered: [UInt8] = []
    private var headerSize = 0
    private(set) var response = HTTPResponse(status: 0)

    init(
        body: HTTPRequest.Body?,
        answered: @escaping (HTTPResponse) -> Bool,
        receive: @escaping ([UInt8]) -> Bool
    ) {
        self.body = body
        self.answered = answered
        self.receive = receive
        if case .bytes(let bytes)? = body { piece = bytes[...] }
    }

    func perform(
        _ request: HTTPRequest,
        on handle: UnsafeMutableRawPointer,
        status: inout Int,
        message: inout [CChar]
    ) -> Int32 {
        let texts = CStrings()
        // Servers that never say "100 Continue" would cost a second each time.
        var headers = (["Expect:"] + request.headers.map { "\($0.name): \($0.value)" }).map { texts.add($0) }
        return headers.withUnsafeMutableBufferPointer { lines in
            request.trust.authorities.withUnsafeBytes { authorities in
                var call = tutti_http_request()
                call.method = texts.add(request.method.rawValue)
                call.url = texts.add(request.url)
                call.headers = UnsafePointer(lines.baseAddress)
                call.header_count = lines.count
                call.authorities = authorities.isEmpty ? nil : authorities.baseAddress
                call.authorities_length = authorities.count
                call.certificate = request.trust.certificate.flatMap(texts.add)
                call.key = request.trust.key.flatMap(texts.add)
                call.is_insecure = request.trust.isInsecure ? 1 : 0
                call.is_direct = request.isDirect ? 1 : 0
                call.proxy = request.proxies.proxy(for: request.url).flatMap(texts.add)
                call.no_proxy = request.proxies.excluded.flatMap(texts.add)
                call.has_upload = request.body == nil ? 0 : 1
                call.upload_size = size
                call.stall_seconds = request.stallTimeout
                setCallbacks(of: &call)
                return withExtendedLifetime(texts) { tutti_http_perform(handle, &call, &status, &message) }
            }
        }
    }

    private var size: Int64 {
        switch body {
        case .bytes(let bytes)?: Int64(bytes.count)
        case .pieces(let size, _)?: size
        case nil: 0
        }
    }

    private func setCallbacks(of call: inout tutti_http_request) {
        call.context = Unmanaged.passUnretained(self).toOpaque()
        call.header = { context, line, length in
            let line = UnsafeRawBufferPointer(start: line, count: length)
            return Transfer.of(context)?.takeHeader(line) == true ? 0 : 1
        }
        call.body = { context, bytes, length in
            let piece = UnsafeRawBufferPointer(start: bytes, count: length)
            return Transfer.of(context)?.takeBody(piece) == true ? 0 : 1
        }
        call.upload = { context, bytes, capacity in
            Transfer.of(context)?.give(UnsafeMutableRawBufferPointer(start: bytes, count: capacity)) ?? -1
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: What comes

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerSize += bytes.count
        guard headerSize <= Self.headerLimit else { return false }
        let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            // A status line: the first of an answer, or of the final one after a provisional one.
            response = HTTPResponse(status: line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            return true
        }
        guard let colon = line.firstIndex(of: ":") else { return true }
        let name = line[..<colon].lowercased()
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        response.headers[name] = response.headers[name].map { "\($0), \(value)" } ?? String(value)
        return true
    }

    /// Tells of the answer before its body, or at the end if there was none.
    @discardableResult
    func finishHeaders() -> Bool {
        guard !isAnswered else { return true }
        isAnswered = true
        return answered(response)
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard finishHeaders() else { return false }
        gathered.append(contentsOf: bytes)
        return gathered.count < Self.pieceSize || handOn()
    }

    /// Gives what came to whoever wants it, also what came of a body that breaks off.
    @discardableResult
    func handOn() -> Bool {
        guard !gathered.isEmpty else { return true }
        defer { gathered.removeAll(keepingCapacity: true) }
        return receive(gathered)
    }

    // MARK: What goes

    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while piece.isEmpty, !isDrained {
            guard case .pieces(_, let next)? = body else { return 0 }
            do {
                let more = try next()
                piece = more.map { $0[...] } ?? []
                isDrained = more == nil
            } catch {
                return -1
            }
        }
        // A server would wait for what was announced and does not come.
        guard !isDrained || given == size else { return -1 }
        let part = piece.prefix(buffer.count)
        buffer.copyBytes(from: part)
        piece = piece.dropFirst(part.count)
        given += Int64(part.count)
        return part.count
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
