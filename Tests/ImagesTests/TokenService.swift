import Glibc
import JSON
import Linux
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// A token server as registries trust one: it signs what it lets in, with a key that the registry knows.
final class TokenService: Sendable {
    let server: ScriptedServer

    /// What follows `auth:` in the registry's configuration.
    var configuration: String {
        "{token: {realm: \"http://\(server.host)/token\", service: test, issuer: test, rootcertbundle: \(certificate)}}"
    }

    private let certificate: FilePath

    /// - Parameter lifetime: How many seconds a token is good for.
    init(in folder: FilePath, user: String, password: String, lifetime: Int = 300) throws {
        let authority = try CertificateAuthority(in: folder)
        let signer = try Signer(authority)
        certificate = authority.certificate
        let basic = "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
        server = try ScriptedServer { request in
            let isKnown = request.headers["authorization"] == basic
            let refreshes = String(decoding: request.body, as: UTF8.self).contains("refresh_token=long-lived")
            guard request.headers["authorization"] == nil || isKnown else {
                return .json(#"{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}"#, status: 401)
            }
            let scopes = Self.scopes(request).map { Self.access($0, mayPush: isKnown || refreshes) }
            guard let token = try? signer.token(scopes.joined(separator: ","), lifetime: lifetime) else {
                return .init(status: 500)
            }
            return .json(#"{"token":"\#(token)","expires_in":\#(lifetime)}"#)
        }
    }

    private static func scopes(_ request: ScriptedServer.Request) -> [String] {
        let form = request.method == "POST" ? String(decoding: request.body, as: UTF8.self) : request.target
        return form.split(whereSeparator: { "?&".contains($0) }).filter { $0.hasPrefix("scope=") }
            .flatMap { decoded(String($0.dropFirst("scope=".count))).split(separator: " ").map(String.init) }
    }

    private static func decoded(_ text: String) -> String {
        text.replacing("%3A", with: ":").replacing("%2F", with: "/").replacing("%2C", with: ",").replacing(
            "%20",
            with: " "
        )
    }

    private static func access(_ scope: String, mayPush: Bool) -> String {
        let parts = scope.split(separator: ":").map(String.init)
        let actions = parts[2].split(separator: ",").filter { mayPush || $0 == "pull" }.map { "\"\($0)\"" }
        return #"{"type":"repository","name":"\#(parts[1])","actions":[\#(actions.joined(separator: ","))]}"#
    }

    /// RFC 7515, with openssl's help.
    private struct Signer: Sendable {
        let key: FilePath
        let folder: FilePath
        let chain: String

        init(_ authority: CertificateAuthority) throws {
            folder = authority.folder
            key = folder.appending("ca.key")
            let text = String(decoding: try WholeFile.read(authority.certificate), as: UTF8.self)
            chain = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        }

        func token(_ access: String, lifetime: Int) throws -> String {
            let now = Int(WallClock.now / 1_000_000_000)
            let header = #"{"typ":"JWT","alg":"RS256","x5c":["\#(chain)"]}"#
            let claims = """
                {"iss":"test","sub":"user","aud":"test","exp":\(now + lifetime),"nbf":\(now - 10),"iat":\(now),\
                "jti":"\(now)","access":[\(access)]}
                """
            let signed = Self.web(Array(header.utf8)) + "." + Self.web(Array(claims.utf8))
            let name = "\(UInt64.random(in: 0...UInt64.max))"
            let (input, output) = (folder.appending("\(name).in"), folder.appending("\(name).out"))
            try WholeFile.replace(input, with: Array(signed.utf8), isDurable: false)
            let isSigned = try Program.succeeds(
                ["openssl", "dgst", "-sha256", "-sign", key.string, input.string],
                output: output
            )
            try #require(isSigned)
            return signed + "." + Self.web(try WholeFile.read(output))
        }

        private static func web(_ bytes: [UInt8]) -> String {
            Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").filter { $0 != "=" }
        }
    }
}
