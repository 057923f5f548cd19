import CCurl
import Synchronization

/// Makes requests, one at a time on each calling thread; connections stay open for the next.
///
/// Proxies are taken from the environment, as everywhere. Redirects are answers like others: whoever follows them decides
/// what goes along.
public struct HTTPClient: Sendable {
    private let handles = HandlePool()

    /// A client without a connection yet.
    public init() {}

    /// Makes a request and gives the answer's body to `receive` piece by piece, as it comes.
    ///
    /// - Parameters:
    ///   - answered: Called once, when the status and headers are there and before the first piece; false ends the
    ///     transfer.
    ///   - receive: Gets the body's pieces; false ends the transfer.
    public func perform(
        _ request: HTTPRequest,
        answered: @escaping (HTTPResponse) -> Bool = { _ in true },
        receive: @escaping ([UInt8]) -> Bool
    ) throws(HTTPError) -> HTTPResponse {
        guard let handle = handles.take() else {
            throw HTTPError(reason: .unavailable, url: request.url, message: "libcurl.so.4 cannot be loaded")
        }
        defer { handles.give(handle) }
        let transfer = Transfer(body: request.body, answered: answered, receive: receive)
        var status = 0
        var message = [CChar](repeating: 0, count: 256)
        let code = transfer.perform(request, on: handle.pointer, status: &status, message: &message)
        let isWanted = transfer.handOn()
        guard code == 0 else {
            let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw HTTPError(reason: Self.reason(code, text), url: request.url, message: text)
        }
        guard isWanted, transfer.finishHeaders() else {
            throw HTTPError(reason: .cancelled, url: request.url, message: "the receiver wanted no more")
        }
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
    private static func reason(_ code: Int32, _ message: String) -> HTTPError.Reason {
        switch code {
        case 5, 6: .unknownHost
        case 7: .unreachable
        case 16, 18, 28, 52, 55, 56, 65, 92, 95: .interrupted
        case 23, 42: .cancelled
        case 35 where message.contains("wrong version number") || message.contains("packet length too long"):
            .notSecured
        case 35, 51, 53, 54, 58, 60, 66, 77, 80, 82, 83, 90, 91: .untrusted
        default: .other
        }
    }
}

/// What makes requests and is not in use.
private final class HandlePool: Sendable {
    /// Used by one thread at a time.
    struct Handle: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

    private let idle = Mutex<[Handle]>([])

    func take() -> Handle? {
        if let handle = idle.withLock({ $0.popLast() }) { return handle }
        return tutti_http_open().map(Handle.init)
    }

    func give(_ handle: Handle) { idle.withLock { $0.append(handle) } }

    deinit { for handle in idle.withLock({ $0 }) { tutti_http_close(handle.pointer) } }
}
