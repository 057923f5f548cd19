import JSON
import OCI
import Testing

@Suite struct Documents {
    @Test func `keep an image's configuration in Docker's spelling`() throws {
        var configuration = ImageConfiguration(platform: Platform(os: "linux", architecture: "arm", variant: "v7"))
        configuration.created = "2026-01-02T03:04:05Z"
        configuration.config.exposedPorts = ["80/tcp"]
        configuration.config.env = ["PATH=/bin"]
        configuration.config.cmd = []
        configuration.config.volumes = ["/data"]
        configuration.config.healthcheck = .init(test: ["CMD", "true"])
        configuration.config.healthcheck?.interval = 1_000_000_000
        configuration.config.onBuild = ["RUN true"]
        configuration.history = [.init(createdBy: "CMD []", emptyLayer: true)]
        let text = """
            {"architecture":"arm","config":{"Cmd":[],"Env":["PATH=/bin"],"ExposedPorts":{"80/tcp":{}},\
            "Healthcheck":{"Interval":1000000000,"Test":["CMD","true"]},"OnBuild":["RUN true"],"Volumes":{"/data":{}}},\
            "created":"2026-01-02T03:04:05Z","history":[{"created_by":"CMD []","empty_layer":true}],"os":"linux",\
            "rootfs":{"diff_ids":[],"type":"layers"},"variant":"v7"}
            """
        #expect(String(decoding: try JSON.encode(configuration), as: UTF8.self) == text)
        #expect(try JSON.decode(ImageConfiguration.self, from: Array(text.utf8)) == configuration)
    }

    @Test func `take what Docker writes as null for unset`() throws {
        let text =
            #"{"os":"linux","architecture":"amd64","config":{"Cmd":null,"Env":null,"Labels":null,"User":"","Volumes":null,"OnBuild":null},"rootfs":{"type":"layers","diff_ids":null}}"#
        let configuration = try JSON.decode(ImageConfiguration.self, from: Array(text.utf8))
        #expect(configuration.config == RunConfiguration())
        #expect(configuration.rootfs.diffIDs == [])
    }

    private func parse(_ text: String) throws -> ManifestDocument { try ManifestDocument(parsing: Array(text.utf8)) }

    @Test func `are refused when they could be two things, or are neither`() {
        #expect(throws: OCIError.ambiguousDocument) { try parse(#"{"schemaVersion":2,"layers":[],"manifests":[]}"#) }
        #expect(throws: OCIError.unsupportedDocument(mediaType: "manifest schema 1")) {
            try parse(#"{"schemaVersion":1}"#)
        }
        for text in ["", "[]", "{}", #"{"schemaVersion":2,"manifests":[{"digest":"sha256:../x"}]}"#] {
            #expect(throws: OCIError.self) { try parse(text) }
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: OCIError.self) { try parse(deep) }
    }

    @Test func `say what they list`() throws {
        let hex = String(repeating: "0", count: 64)
        let text = """
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "digest":"sha256:\(hex)","size":7,"platform":{"os":"linux","architecture":"amd64"}}]}
            """
        guard case .index(let index) = try parse(text) else {
            Issue.record("not an index")
            return
        }
        #expect(index.manifests.map(\.size) == [7])
        #expect(index.manifests.map(\.platform?.description) == ["linux/amd64"])
    }
}
