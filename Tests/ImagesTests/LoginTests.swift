import JSON
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Images

@Suite struct Logins {
    private func push(_ place: String, _ access: RegistryAccess, _ folder: FilePath) throws -> PushedImage {
        let store = ImageStore(root: StateRoot(under: folder.appending("store")))
        _ = try commitPair(to: store, as: place)
        return try store.push(ImageReference(parsing: place), access: access)
    }

    @Test(.requiresRegistry) func `with a password are kept if the registry takes it`() throws {
        try withTemporaryFolder { folder in
            let users = folder.appending("htpasswd")
            try #require(try Program.succeeds(["htpasswd", "-Bbn", "user", "secret-word"], output: users))
            let registry = try LoopbackRegistry(
                in: folder,
                auth: "{htpasswd: {realm: test, path: \(users)}}"
            )
            let place = "\(registry.host)/test/pair:1"
            let anonymous = #expect(throws: RegistryError.self) { try push(place, .plain(), folder) }
            #expect(anonymous?.reason == "no basic auth credentials")

            let file = folder.appending("docker/config.json")
            let settings = try RegistrySettings()
            let wrong = #expect(throws: RegistryError.self) {
                try RegistryAccess.logIn(
                    to: registry.host,
                    user: "user",
                    password: "wrong-word",
                    settings: settings,
                    keepingIn: file
                )
            }
            #expect(wrong?.description == "login \(registry.host): \(registry.host): authentication required")
            #expect(!Folder.hasEntry(file))
            let kept = try RegistryAccess.logIn(
                to: registry.host,
                user: "user",
                password: "secret-word",
                settings: settings,
                keepingIn: file
            )
            #expect(kept.file == file)
            #expect(try FileStatus.of(file)?.mode == 0o600)
            let access = try RegistryAccess.plain(credentials: Credentials(file: file))
            _ = try push(place, access, folder)
            #expect(try RegistryAccess.user(of: registry.host, in: file) == "user")
            #expect(try RegistryAccess.logOut(of: registry.host, keptIn: file))
            #expect(try RegistryAccess.logOut(of: registry.host, keptIn: file) == false)
            #expect(throws: RegistryError.self) {
                try push(place, .plain(credentials: Credentials(file: file)), folder)
            }
        }
    }

    @Test(.requiresRegistry) func `are exchanged for tokens, which are renewed when their time is up`() throws {
        try withTemporaryFolder { folder in
            let service = try TokenService(
                in: folder.appending("ca"),
                user: "user",
                password: "secret-word",
                lifetime: 6
            )
            let registry = try LoopbackRegistry(in: folder, auth: service.configuration)
            let place = "\(registry.host)/test/pair:1"
            let reference = try ImageReference(parsing: place)
            let anonymous = #expect(throws: RegistryError.self) { try push(place, .plain(), folder) }
            #expect(anonymous?.kind == .unauthorized)

            let file = folder.appending("config.json")
            let auth = Base64.encode(Array("user:secret-word".utf8))
            let text = #"{"auths":{"\#(registry.host)":{"auth":"\#(auth)"}}}"#
            try WholeFile.replace(file, with: Array(text.utf8), isDurable: false)
            let access = try RegistryAccess.plain(credentials: Credentials(file: file))
            let pushed = try push(place, access, folder)
            let asked = service.server.requests.last
            #expect(asked?.target.contains("scope=repository%3Atest%2Fpair%3Apull%2Cpush") == true)
            #expect(asked?.target.contains("service=test") == true)
            #expect(try access.resolve(reference).digest == pushed.digest)
            let count = service.server.requests.count
            #expect(try access.resolve(reference).digest == pushed.digest)
            // Tokens of six seconds are used for one, so that none runs out on its way.
            #expect(service.server.requests.count <= count + 1)
            #expect(try RegistryAccess.plain().resolve(reference).digest == pushed.digest)

            let token = #"{"auths":{"\#(registry.host)":{"identitytoken":"long-lived"}}}"#
            try WholeFile.replace(file, with: Array(token.utf8), isDurable: false)
            _ = try push(place, .plain(credentials: Credentials(file: file)), folder)
            #expect(service.server.requests.last?.method == "POST")
        }
    }

    @Test func `ask once more when a token is refused before its time`() throws {
        try withTemporaryFolder { folder in
            let repository = try FakeRepository([Array("one".utf8)])
            let realm = try ScriptedServer { _ in .json(#"{"access_token":"good","expires_in":3600}"#) }
            let server = try ScriptedServer { request in
                let isGood = request.headers["authorization"] == "Bearer good"
                guard isGood, !request.path.hasSuffix("/1") || request.method == "GET" else {
                    let challenge = "Bearer realm=\"http://\(realm.host)/token\",service=\"s\""
                    return .init(status: 401, headers: [("WWW-Authenticate", challenge)])
                }
                return repository.answer(request)
            }
            let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
            #expect(try RegistryAccess.plain().artifact(reference).descriptor.digest == repository.digest)
            // HEAD is refused always: each try gets one new token, and no more.
            #expect(try RegistryAccess.plain().resolve(reference).digest == repository.digest)
            #expect(realm.requests.count <= 4)
        }
    }

    @Test(arguments: [
        "http://192.0.2.1/token", "file:///etc/passwd", "http://user:secret@127.0.0.1/", "",
    ])
    func `go to no token server that could not be trusted`(realm: String) throws {
        let server = try ScriptedServer { _ in
            .init(status: 401, headers: [("WWW-Authenticate", "Bearer realm=\"\(realm)\",service=\"s\"")])
        }
        let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
        let error = #expect(throws: RegistryError.self) { try RegistryAccess.plain().artifact(reference) }
        #expect(error?.reason == "its token server \"\(realm)\" cannot be trusted")
    }

    @Test func `are kept by a helper program where the configuration names one`() throws {
        try withTemporaryFolder { folder in
            let helper = """
                #!/bin/sh
                read -r input
                case $1 in
                    store) echo "$input" > \(folder)/kept ;;
                    get) cat \(folder)/kept 2> /dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
                    erase) rm \(folder)/kept ;;
                esac
                """
            let program = folder.appending("docker-credential-test")
            try WholeFile.replace(program, with: Array(helper.utf8), isDurable: false, mode: 0o755)
            let tool = try CredentialHelper("test", folders: [folder])
            #expect(try tool.get("registry.example") == nil)
            let proof = Credentials.Proof.password(user: "user", password: "secret-word")
            try tool.store(proof, for: "registry.example")
            #expect(try tool.get("registry.example") == proof)
            #expect(try tool.erase("registry.example"))
            #expect(try tool.erase("registry.example") == false)
            let garbage = Array("#!/bin/sh\necho secret-word\n".utf8)
            try WholeFile.replace(program, with: garbage, isDurable: false, mode: 0o755)
            let error = #expect(throws: CredentialsError.self) { try tool.get("registry.example") }
            #expect(error?.description == "credential helper test: its answer is not what it should be")
            #expect(throws: CredentialsError.badHelperName("../x")) { try CredentialHelper("../x", folders: [folder]) }
            #expect(throws: CredentialsError.helperMissing("no")) { try CredentialHelper("no", folders: [folder]) }
        }
    }

    @Test func `keep what belongs to others in the file, and know Docker Hub by all its names`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("config.json")
            let text =
                #"{"credHelpers":{"other.example":"none"},"psFormat":"x","auths":{"https://index.docker.io/v1/":{}}}"#
            try WholeFile.replace(file, with: Array(text.utf8), isDurable: false)
            let proof = Credentials.Proof.password(user: "user", password: "colon:in it")
            _ = try Credentials.keep(proof, for: Credentials.hubName, in: file)
            #expect(try Credentials(file: file).proof(for: Credentials.hubName) == proof)
            #expect(RegistryAccess.credentialsName(of: "docker.io") == "https://index.docker.io/v1/")
            #expect(RegistryAccess.credentialsName(of: "registry.example") == "registry.example")
            let written = String(decoding: try WholeFile.read(file), as: UTF8.self)
            #expect(written.contains("psFormat") && written.contains("credHelpers"))
            #expect(throws: CredentialsError.helperMissing("none")) {
                try Credentials(file: file).proof(for: "other.example")
            }
            try WholeFile.replace(file, with: Array("{ secret-word".utf8), isDurable: false)
            let broken = #expect(throws: CredentialsError.self) { try Credentials(file: file).proof(for: "x") }
            #expect(broken?.description == "\(file): not a JSON object")
        }
    }
}
