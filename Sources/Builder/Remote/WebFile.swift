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
        let find = { (prefix: String) in secrets.first { $0.id == prefix + address.host } }
        if let token = find("HTTP_AUTH_TOKEN_") { return try "Bearer \(token.headerValue())" }
        if let header = find("HTTP_AUTH_HEADER_") { return try header.headerValue() }
        return credentials.map { "Basic \(Base64.encode(Array($0.utf8)))" }
    }
}

extension BuildRequest.Secret {
    /// The secret as a part of a header: one line, without blanks around it.
    func headerValue() throws -> String {
        let text = String(decoding: value, as: UTF8.self).drop(while: \.isWhitespace)
        let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
        let line = String(text[..<end])
        guard !line.isEmpty, !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw BuilderError(.other("secret \"\(id)\" is not the value of a header"))
        }
        return line
    }
}
