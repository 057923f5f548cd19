import HTTP
import JSON
import Linux

/// A file of a web server, as an instruction names it.
struct WebFile: Hashable, Sendable {
    let address: WebAddress
    /// `user:password`, as the URL has them.
    let credentials: String?

    /// - Throws: ``BuilderError`` for a text that is no URL of this kind.
    init(_ url: String) throws {
        let start = url.firstIndex(of: "/").map { url.index($0, offsetBy: 2) } ?? url.startIndex
        let end = url[start...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        let sign = url[start..<end].lastIndex(of: "@")
        let rest = url[(sign.map(url.index(after:)) ?? start)...]
        guard let address = WebAddress(String(url[..<start] + rest)) else { throw BuilderError(.badURL(String(rest))) }
        self.address = address
        credentials = sign.map { String(decoding: WebAddress.decoded(url[start..<$0]), as: UTF8.self) }
    }

    /// Whether a source is on the web.
    static func isOne(_ source: String) -> Bool { source.hasPrefix("http://") || source.hasPrefix("https://") }

    /// What the file is called: as the path ends, or else as the server says, or else `__unnamed__`.
    func name(_ response: HTTPResponse) throws -> FileName {
        let told = response["Content-Disposition"].flatMap(ContentDisposition.fileName)
        let candidates = [address.lastComponent, told ?? [], Array("__unnamed__".utf8)]
        guard let name = candidates.lazy.compactMap({ FileName(String(decoding: $0, as: UTF8.self)) }).first else {
            throw BuilderError(.badURL(address.text))
        }
        return name
    }

    /// The value of the header that says who asks; nil says nothing.
    ///
    /// A secret for the host counts before what stands in the URL, and `HTTP_AUTH_TOKEN_` before `HTTP_AUTH_HEADER_`.
    func authorization(_ secrets: [BuildRequest.Secret]) throws -> String? {
        for (prefix, scheme) in [("HTTP_AUTH_TOKEN_", "Bearer "), ("HTTP_AUTH_HEADER_", "")] {
            guard let secret = secrets.first(where: { $0.id == prefix + address.host }) else { continue }
            let text = String(decoding: secret.value, as: UTF8.self)
            let value = text.drop(while: \.isWhitespace)
            let end = value.lastIndex { !$0.isWhitespace }.map(value.index(after:)) ?? value.startIndex
            guard !value[..<end].isEmpty, !value[..<end].utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw BuilderError(.other("secret \"\(secret.id)\" is not the value of a header"))
            }
            return scheme + value[..<end]
        }
        return credentials.map { "Basic \(Base64.encode(Array($0.utf8)))" }
    }
}
