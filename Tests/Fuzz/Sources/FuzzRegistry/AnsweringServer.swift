import Glibc

/// What the server says to whatever it is asked.
struct Answer {
    private let head: [UInt8]
    private let body: [UInt8]

    init(_ input: [UInt8]) {
        let statuses = [200, 200, 201, 206, 301, 307, 401, 401, 404, 429, 500, 503]
        let status = statuses[Int(input.first ?? 0) % statuses.count]
        let blank = input.indices.first { input[$0...].starts(with: [10, 10]) } ?? input.endIndex
        let lines = input[..<blank].dropFirst().split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        body = Array(input[min(blank + 2, input.endIndex)...])
        var head = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n"
        for line in lines { head += line.replacing("PORT", with: "\(Answer.port)") + "\r\n" }
        self.head = Array((head + "\r\n").utf8)
    }

    nonisolated(unsafe) static var port = 0

    func bytes(isHead: Bool) -> [UInt8] { isHead ? head : head + body }
}

/// A server on loopback, with a thread of its own, that gives one answer to everything.
final class AnsweringServer: @unchecked Sendable {
    var answer = Answer([])
    let port: Int
    private let listener: Int32

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        precondition(isBound && listen(listener, 64) == 0)
        self.listener = listener
        port = Int(in_port_t(bigEndian: address.sin_port))
        Answer.port = port
        var thread = pthread_t()
        let own = Unmanaged.passRetained(self)
        pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<AnsweringServer>.fromOpaque(argument).takeUnretainedValue().serve()
                return nil
            },
            own.toOpaque()
        )
    }

    private func serve() {
        signal(SIGPIPE, SIG_IGN)
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { continue }
            var request = [UInt8](repeating: 0, count: 1 << 14)
            let count = recv(client, &request, request.count, 0)
            if count > 0, request[0] == 0x16 {
                respond(Array("HTTP/1.0 400 X\r\n\r\n".utf8), to: client)
            } else if count > 0 {
                respond(answer.bytes(isHead: request[0] == UInt8(ascii: "H")), to: client)
            }
            shutdown(client, Int32(SHUT_WR))
            close(client)
        }
    }

    private func respond(_ bytes: [UInt8], to client: Int32) {
        _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
