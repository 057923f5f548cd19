import OCI
import Testing

@Suite struct References {
    private static let hex = String(repeating: "a", count: 64)

    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27"),
        ("library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("bitnami/redis:7", "docker.io/bitnami/redis:7", "bitnami/redis:7"),
        ("localhost/x", "localhost/x:latest", "localhost/x:latest"),
        ("localhost:5000/a/b:t", "localhost:5000/a/b:t", "localhost:5000/a/b:t"),
        ("ghcr.io/a/b_c__d--e.f", "ghcr.io/a/b_c__d--e.f:latest", "ghcr.io/a/b_c__d--e.f:latest"),
        ("[::1]:5000/x", "[::1]:5000/x:latest", "[::1]:5000/x:latest"),
    ])
    func `mean what they mean to Docker`(text: String, full: String, familiar: String) throws {
        let reference = try ImageReference(parsing: text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
        #expect(try ImageReference(parsing: full) == reference)
    }

    @Test func `are selected by digest, a tag beside it being decoration`() throws {
        let reference = try ImageReference(parsing: "nginx:1@sha256:\(Self.hex)")
        #expect(reference.tag == "1")
        #expect(reference.digest?.hex == Self.hex)
        #expect(try ImageReference(parsing: "nginx@sha256:\(Self.hex)").familiar == "nginx@sha256:\(Self.hex)")
    }

    @Test(arguments: [
        "", "/", "a//b", "/a", "a/", "Nginx", "a/B", "a/../../b", "a:", "a:-x", "a:.x", "a:x y", "a@sha256:ab", "a@b",
        "-a", "a-", "a..b", "a___b", "http://a/b", "a.b:0/c", "a.b:99999/c", "[::z]/c", " a", "a\n", "a b",
        String(repeating: "a", count: 256), String(repeating: "a", count: 64),
        "a:" + String(repeating: "t", count: 129),
    ])
    func `are refused when they are none`(text: String) {
        #expect(throws: OCIError.self) { try ImageReference(parsing: text) }
    }

    @Test(arguments: ["sha256:../../x", "sha256:", "md5:abc", "sha256:" + String(repeating: "A", count: 64), "x"])
    func `by digest are checked`(text: String) {
        #expect(throws: OCIError.notADigest(text)) { try Digest(parsing: text) }
    }
}

@Suite struct Platforms {
    private func descriptor(_ platform: String, _ digit: Character) throws -> Descriptor {
        let digest = try Digest(parsing: "sha256:" + String(repeating: digit, count: 64))
        return Descriptor(mediaType: .manifest, digest: digest, size: 1, platform: try Platform(parsing: platform))
    }

    @Test(arguments: [
        ("linux/x86_64", "linux/amd64"), ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"),
        ("linux/armhf", "linux/arm/v7"), ("linux/arm", "linux/arm/v7"), ("386", "linux/386"),
    ])
    func `have one name each`(text: String, name: String) throws {
        #expect(try Platform(parsing: text).description == name)
    }

    @Test func `take the best of what is offered`() throws {
        let offers = [
            try descriptor("linux/arm/v6", "1"), try descriptor("linux/amd64", "2"), try descriptor("linux/arm64", "3"),
            try descriptor("linux/386", "4"), try descriptor("unknown/unknown", "5"),
        ]
        func chosen(_ platform: String) throws -> Character? {
            try Platform(parsing: platform).choose(among: offers)?.digest.hex.first
        }
        #expect(try chosen("linux/amd64") == "2")
        #expect(try chosen("linux/amd64/v3") == "2")
        #expect(try chosen("linux/arm64") == "3")
        #expect(try chosen("linux/arm/v7") == "1")
        #expect(try chosen("linux/s390x") == nil)
    }
}
