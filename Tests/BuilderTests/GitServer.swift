import Linux
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Git's own server behind HTTP on loopback, and a repository `shop.git` to serve.
struct GitServer {
    let folder: FilePath
    let server: ScriptedServer
    var url: String { "http://\(server.host)/shop.git" }

    /// - Parameter authorization: What requests have to carry; nil lets everybody in.
    init(_ folder: FilePath, authorization: String? = nil) throws {
        self.folder = folder
        try Folder.makeAll(folder)
        server = try ScriptedServer { request in
            guard authorization == nil || request.headers["authorization"] == authorization else {
                return .init(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"git\"")])
            }
            return (try? Self.answer(request, folder)) ?? .init(status: 500)
        }
        try shell(
            """
            git init -q -b main shop.git && cd shop.git && mkdir -p deploy/inner
            echo one > file && echo run > deploy/run && chmod 700 deploy/run && ln -s /etc/hostname deploy/inner/link
            git add -A && git commit -q -m one && git tag -a -m release v1
            git checkout -q -b next && echo two > file && git commit -qam two && git checkout -q main
            """
        )
    }

    /// Runs commands in the folder of the repositories.
    func shell(_ text: String) throws {
        let settings =
            "export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t "
            + "GIT_COMMITTER_EMAIL=t@example.org GIT_COMMITTER_DATE=2020-01-02T03:04:05Z; set -e; cd \(folder)\n"
        try #require(try Program.succeeds(["sh", "-c", settings + text]))
    }

    /// The name of a revision's object.
    func object(_ revision: String) throws -> String {
        let output = folder.appending("object")
        try #require(try Program.succeeds(["git", "-C", "\(folder)/shop.git", "rev-parse", revision], output: output))
        return String(decoding: try WholeFile.read(output).dropLast(), as: UTF8.self)
    }

    /// How often the files of a commit were asked for.
    var fetches: Int {
        server.requests.count {
            $0.path.hasSuffix("/git-upload-pack") && String(decoding: $0.body, as: UTF8.self).contains("command=fetch")
        }
    }

    /// CGI, as RFC 3875 has it.
    private static func answer(_ request: ScriptedServer.Request, _ folder: FilePath) throws -> ScriptedServer.Answer {
        let variables = [
            "GIT_PROJECT_ROOT=\(folder)", "GIT_HTTP_EXPORT_ALL=1", "REQUEST_METHOD=\(request.method)",
            "PATH_INFO=\(request.path)", "QUERY_STRING=\(request.target.drop { $0 != "?" }.dropFirst())",
            "CONTENT_TYPE=\(request.headers["content-type"] ?? "")", "CONTENT_LENGTH=\(request.body.count)",
            "HTTP_CONTENT_ENCODING=\(request.headers["content-encoding"] ?? "")",
            "GIT_PROTOCOL=\(request.headers["git-protocol"] ?? "")", "PATH=/usr/bin:/bin", "REMOTE_ADDR=127.0.0.1",
        ]
        let program: FilePath = "/usr/lib/git-core/git-http-backend"
        let output = try HelperProgram.run(
            program,
            arguments: [],
            environment: variables,
            input: request.body,
            limit: 1 << 24
        ).output
        let end = Array("\r\n\r\n".utf8)
        guard let cut = output.indices.first(where: { output[$0...].starts(with: end) }) else {
            return .init(status: 500)
        }
        var answer = ScriptedServer.Answer(body: Array(output[(cut + 4)...]))
        for line in String(decoding: output[..<cut], as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts[0] != "Status" else {
                answer.status = Int(parts[1].prefix(4).dropFirst()) ?? 500
                continue
            }
            answer.headers.append((parts[0], String(parts[1].dropFirst())))
        }
        return answer
    }
}
