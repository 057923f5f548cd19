import Glibc
import Hashing
import JSON
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Images

@Suite struct Artifacts {
    @Test func `are resolved and fetched without pulling, by tag and by digest`() throws {
        let text = Array("services: {}\n".utf8)
        let layer = Descriptor(
            mediaType: MediaType(rawValue: "application/vnd.docker.compose.file+yaml"),
            digest: Digest(sha256: SHA256.sum(text)),
            size: Int64(text.count)
        )
        var manifest = ImageManifest(
            config: Descriptor(
                mediaType: MediaType(rawValue: "application/vnd.oci.empty.v1+json"),
                digest: Digest(sha256: SHA256.sum(Array("{}".utf8))),
                size: 2
            ),
            layers: [layer]
        )
        manifest.artifactType = "application/vnd.docker.compose.project"
        let bytes = try JSON.encode(manifest)
        let digest = Digest(sha256: SHA256.sum(bytes))
        let server = try ScriptedServer { request in
            if request.path.hasSuffix(layer.digest.description) { return .init(body: text) }
            guard request.path == "/v2/a/project/manifests/1" || request.path.hasSuffix(digest.description) else {
                return .init(status: 404)
            }
            let type = ("Content-Type", MediaType.manifest.rawValue)
            return .init(headers: [type, ("Docker-Content-Digest", digest.description)], body: bytes)
        }
        let access = try RegistryAccess.plain()
        let reference = try ImageReference(parsing: "\(server.host)/a/project:1")
        let resolved = try access.resolve(reference)
        #expect(resolved == Descriptor(mediaType: .manifest, digest: digest, size: Int64(bytes.count)))
        #expect(server.requests.map(\.method) == ["HEAD"])

        let artifact = try access.artifact(reference)
        #expect(artifact.reference.familiar == "\(server.host)/a/project@\(digest)")
        let read = try JSON.decode(ImageManifest.self, from: artifact.manifest)
        #expect(read.artifactType == "application/vnd.docker.compose.project")
        #expect(try artifact.blob(read.layers[0]) == text)
        #expect(throws: RegistryError.self) { try artifact.blob(read.layers[0], limit: 5) }
        #expect(try access.artifact(reference.pinned(digest)).descriptor == resolved)
    }

    @Test func `are resolved by GET where HEAD does not say what is there`() throws {
        let repository = try FakeRepository([Array("one".utf8)])
        let server = try ScriptedServer { request in
            request.method == "HEAD" ? .init(status: 405) : repository.answer(request)
        }
        let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
        #expect(try RegistryAccess.plain().resolve(reference).digest == repository.digest)
        let missing = #expect(throws: RegistryError.self) { try RegistryAccess.plain().resolve(reference.tagged("2")) }
        let expected = "resolve \(server.host)/test/image:2: \(server.host): manifest unknown"
        #expect(missing?.description == expected)
    }

    @Test func `list tags page by page, and what refers to a manifest`() throws {
        let repository = try FakeRepository([Array("one".utf8)])
        let signature = Descriptor(
            mediaType: .manifest,
            digest: repository.layers[0].digest,
            size: 1,
            artifactType: "application/vnd.example.signature"
        )
        let index = String(decoding: try JSON.encode(ImageIndex(manifests: [signature])), as: UTF8.self)
        let server = try ScriptedServer { request in
            switch request.target {
            case "/v2/test/image/tags/list":
                let link = ("Link", "</v2/test/image/tags/list?last=b&n=2>; rel=\"next\"")
                return .json(#"{"name":"test/image","tags":["b","a"]}"#, headers: [link])
            case "/v2/test/image/tags/list?last=b&n=2": return .json(#"{"name":"test/image","tags":["c"]}"#)
            // A registry from before there were referrers.
            case "/v2/test/image/manifests/sha256-\(repository.digest.hex)": return .json(index)
            default: return repository.answer(request)
            }
        }
        let reference = try ImageReference(parsing: "\(server.host)/test/image:1")
        let access = try RegistryAccess.plain()
        #expect(try access.tags(of: reference) == ["a", "b", "c"])
        #expect(try access.referrers(of: reference) == [signature])
        #expect(try access.referrers(of: reference, artifactType: "other") == [])
    }
}

@Suite struct WaysToRegistries {
    private let repository: FakeRepository

    init() throws { repository = try FakeRepository([Array("one".utf8)]) }

    private func pull(_ name: String, _ access: RegistryAccess, _ folder: FilePath) throws -> PulledImage {
        try ImageStore(root: StateRoot(under: folder)).pull(ImageReference(parsing: name), access: access)
    }

    @Test func `lead by a mirror for short names, past one that has nothing`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let empty = try ScriptedServer { _ in .init(status: 404) }
            let mirror = try ScriptedServer { repository.answer($0) }
            let access = try RegistryAccess.plain(mirrors: ["http://\(empty.host)", "http://\(mirror.host)/"])
            #expect(try pull("image:1", access, folder).digest == repository.digest)
            #expect(empty.requests.map(\.path) == ["/v2/library/image/manifests/1"])
            #expect(mirror.requests.first?.path == "/v2/library/image/manifests/1")
            let image = try #require(try ImageStore(root: StateRoot(under: folder)).find("image:1"))
            #expect(image.repositoryDigests.map(\.familiar) == ["image@\(repository.digest)"])
        }
    }

    @Test(arguments: ["/mirrors/hub", "/mirrors/hub/"])
    func `lead by a mirror below a path`(path: String) throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let mirror = try ScriptedServer { request in
                var request = request
                request.target.removeFirst("/mirrors/hub".count)
                return repository.answer(request)
            }
            let access = try RegistryAccess.plain(mirrors: ["http://\(mirror.host)\(path)"])
            #expect(try pull("image:1", access, folder).digest == repository.digest)
            #expect(mirror.requests.first?.path == "/mirrors/hub/v2/library/image/manifests/1")
        }
    }

    @Test(arguments: ["ftp://x", "http://x/?q", "http://x/#f", "http://u:p@x", "x"])
    func `take no mirror that is none`(text: String) {
        #expect(throws: RegistrySettingsError.self) { try RegistryAccess.plain(mirrors: [text]) }
    }

    @Test func `are read from the first file that is there`() throws {
        try withTemporaryFolder { folder in
            let (one, two) = (folder.appending("one"), folder.appending("two"))
            for path in [one, two] { try Folder.make(path) }
            #expect(try RegistrySettings.read(from: [one, two]).mirrors == [])
            let text =
                #"{"registry-mirrors":["http://127.0.0.1:5000"],"insecure-registries":["10.0.0.0/8"],"debug":true}"#
            try WholeFile.replace(two.appending("daemon.json"), with: Array(text.utf8), isDurable: false)
            let settings = try RegistrySettings.read(from: [one, two])
            #expect(settings.mirrors == ["http://127.0.0.1:5000"])
            #expect(settings.insecure == ["10.0.0.0/8"])
            #expect(settings.certificateFolders == [one.appending("certs.d"), two.appending("certs.d")])
            let bad = one.appending("daemon.json")
            let mirror = Array(#"{"registry-mirrors":["ftp://x"]}"#.utf8)
            try WholeFile.replace(bad, with: mirror, isDurable: false)
            let error = #expect(throws: RegistrySettingsError.self) { try RegistrySettings.read(from: [one, two]) }
            #expect(error?.description == "\(bad): registry-mirrors: \"ftp://x\" is not the URL of a registry")
        }
    }

    @Test func `are plain for this machine and for whom the settings name alone`() throws {
        func schemes(_ domain: String, _ insecure: [String] = []) throws -> [String] {
            try RegistrySettings(insecure: insecure).endpoints(for: domain, writing: false).map(\.base.text)
        }
        #expect(try schemes("registry.example") == ["https://registry.example/v2/"])
        #expect(try schemes("docker.io") == ["https://registry-1.docker.io/v2/"])
        #expect(try schemes("localhost:5000") == ["https://localhost:5000/v2/", "http://localhost:5000/v2/"])
        #expect(try schemes("127.example.com") == ["https://127.example.com/v2/"])
        #expect(
            try schemes("registry.example:5000", ["registry.example:5000"]) == [
                "https://registry.example:5000/v2/", "http://registry.example:5000/v2/",
            ]
        )
        #expect(try schemes("10.1.2.3", ["10.0.0.0/8"]) == ["https://10.1.2.3/v2/", "http://10.1.2.3/v2/"])
        #expect(try schemes("11.1.2.3", ["10.0.0.0/8"]) == ["https://11.1.2.3/v2/"])
    }

    @Test(.requiresRegistry) func `under TLS need an authority that is known`() throws {
        try withTemporaryFolder { folder in
            let authority = try CertificateAuthority(in: folder.appending("ca"))
            let other = try CertificateAuthority(in: folder.appending("other"))
            let (certificate, key) = try authority.issue("registry")
            let client = try authority.issue("client", alternatives: "DNS:client")
            let registry = try LoopbackRegistry(
                in: folder,
                http: [
                    "tls: {certificate: \(certificate), key: \(key), clientcas: [\(authority.certificate)]}"
                ]
            )
            let certificates = folder.appending("certs.d")
            let mine = certificates.appending(registry.host)
            try Folder.makeAll(mine)
            try WholeFile.replace(
                mine.appending("ca.crt"),
                with: WholeFile.read(other.certificate),
                isDurable: false
            )
            let access = try RegistryAccess.plain(certificates: certificates)
            let reference = try ImageReference(parsing: "\(registry.host)/test/image:1")
            let untrusted = #expect(throws: RegistryError.self) { try access.resolve(reference) }
            #expect(untrusted?.kind == .untrusted)

            try WholeFile.replace(
                mine.appending("ca.crt"),
                with: WholeFile.read(authority.certificate),
                isDurable: false
            )
            let unknown = #expect(throws: RegistryError.self) {
                try RegistryAccess.plain(certificates: certificates).resolve(reference)
            }
            // The registry wants to see a certificate of ours.
            #expect(unknown?.kind != .notFound)
            try WholeFile.replace(
                mine.appending("client.cert"),
                with: WholeFile.read(client.certificate),
                isDurable: false
            )
            let missing = #expect(throws: RegistrySettingsError.self) { try access.resolve(reference) }
            #expect(missing?.reason == "its key client.key is missing")
            try WholeFile.replace(mine.appending("client.key"), with: WholeFile.read(client.key), isDurable: false)
            let known = #expect(throws: RegistryError.self) { try access.resolve(reference) }
            #expect(known?.kind == .notFound)
        }
    }

    @Test(.requiresRegistry) func `under TLS have to be who they are asked as`() throws {
        try withTemporaryFolder { folder in
            let authority = try CertificateAuthority(in: folder.appending("ca"))
            let (certificate, key) = try authority.issue("registry", alternatives: "DNS:elsewhere.example")
            let registry = try LoopbackRegistry(in: folder, http: ["tls: {certificate: \(certificate), key: \(key)}"])
            let certificates = folder.appending("certs.d")
            try Folder.makeAll(certificates.appending(registry.host))
            try WholeFile.replace(
                certificates.appending(registry.host).appending("ca.crt"),
                with: WholeFile.read(authority.certificate),
                isDurable: false
            )
            let reference = try ImageReference(parsing: "\(registry.host)/test/image:1")
            let error = #expect(throws: RegistryError.self) {
                try RegistryAccess.plain(certificates: certificates).resolve(reference)
            }
            #expect(error?.kind == .untrusted)
            // Who is named as insecure need not be anybody.
            let insecure = #expect(throws: RegistryError.self) {
                try RegistryAccess.plain(insecure: [registry.host], certificates: certificates).resolve(reference)
            }
            #expect(insecure?.kind == .notFound)
        }
    }

    @Test(.requiresRegistry) func `under TLS need a certificate that is still good`() throws {
        try withTemporaryFolder { folder in
            let authority = try CertificateAuthority(in: folder.appending("ca"))
            let (certificate, key) = try authority.issue("registry", days: -1)
            let registry = try LoopbackRegistry(in: folder, http: ["tls: {certificate: \(certificate), key: \(key)}"])
            let error = #expect(throws: RegistryError.self) {
                try authority.access(to: registry.host, in: folder).resolve(
                    ImageReference(parsing: "\(registry.host)/test/image:1")
                )
            }
            #expect(error?.kind == .untrusted)
            #expect(error?.reason.contains("expired") == true)
        }
    }

    @Test(.requiresRegistry) func `under TLS do not lead to what is not`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let plain = try ScriptedServer { repository.answer($0) }
            let authority = try CertificateAuthority(in: folder.appending("ca"))
            let (certificate, key) = try authority.issue("registry")
            let path = folder.appending("v2/test/image/manifests")
            try Folder.makeAll(path)
            let answer = """
                HTTP/1.0 307 Elsewhere\r
                Location: http://\(plain.host)/v2/test/image/manifests/1\r
                Content-Length: 0\r
                \r

                """
            try WholeFile.replace(path.appending("1"), with: Array(answer.utf8), isDurable: false)
            let server = try SecureServer(in: folder, certificate: certificate, key: key)
            let error = #expect(throws: RegistryError.self) {
                try pull("\(server.host)/test/image:1", authority.access(to: server.host, in: folder), folder)
            }
            #expect(error?.reason == "a redirect that leads nowhere")
            #expect(plain.requests.isEmpty)
        }
    }

    @Test func `go through the proxy of the environment, but not to this machine`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let proxy = try ScriptedServer { request in
                var honest = request
                honest.target = request.target.replacing("http://registry.localhost", with: "")
                return repository.answer(honest)
            }
            setenv("HTTP_PROXY", "http://\(proxy.host)", 1)
            defer { unsetenv("HTTP_PROXY") }
            let access = try RegistryAccess.plain(insecure: ["registry.localhost"])
            // TLS goes by another variable, which is not set; what is unreachable so is tried plainly.
            #expect(try pull("registry.localhost/test/image:1", access, folder).digest == repository.digest)
            #expect(proxy.requests.first?.target == "http://registry.localhost/v2/test/image/manifests/1")
            let server = try ScriptedServer { repository.answer($0) }
            let count = proxy.requests.count
            _ = try pull("\(server.host)/test/image:1", access, folder)
            #expect(proxy.requests.count == count)
        }
    }

    @Test func `go through the proxies of the settings before those of the environment`() throws {
        try withTemporaryFolder { folder in
            let repository = repository
            let proxy = try ScriptedServer { request in
                var honest = request
                honest.target = request.target.replacing("http://registry.localhost", with: "")
                return repository.answer(honest)
            }
            let text = """
                {"insecure-registries": ["registry.localhost", "near.localhost"],
                 "proxies": {"http-proxy": "http://\(proxy.host)", "no-proxy": "near.localhost"}}
                """
            try WholeFile.replace(folder.appending("daemon.json"), with: Array(text.utf8), isDurable: false)
            let settings = try RegistrySettings.read(from: [folder])
            setenv("HTTP_PROXY", "http://127.0.0.1:1", 1)
            defer { unsetenv("HTTP_PROXY") }
            let access = RegistryAccess(settings: settings, credentials: .anonymous)
            #expect(try pull("registry.localhost/test/image:1", access, folder).digest == repository.digest)
            let count = proxy.requests.count
            #expect(throws: RegistryError.self) { try pull("near.localhost/test/image:1", access, folder) }
            #expect(proxy.requests.count == count)
        }
    }
}
