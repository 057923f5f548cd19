import Testing

extension EndToEnd {
    /// What is said of how an image was made.
    @Suite struct Attestations {
        private static let dockerfile = """
            FROM busybox
            ARG WORD=none
            RUN --mount=type=secret,id=key echo $WORD > /word && test -s /run/secrets/key

            """

        /// The attestation of an image at a registry, as a file of the stage.
        private func fetch(_ name: String, _ stage: Stage) throws {
            try stage.shell(
                """
                curl() { command curl --silent --fail "$@"; }
                at=http://\(name.split(separator: "/")[0])/v2/\(name.split(separator: "/")[1])
                accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
                curl -H "$accept" $at/manifests/latest > index.json
                digest=$(jq -r '.manifests[] | select(.platform.os == "unknown") | .digest' index.json)
                curl -H "$accept" $at/manifests/$digest > attestation.json
                curl -L $at/blobs/$(jq -r '.layers[0].digest' attestation.json) > statement.json
                """
            )
        }

        private func build(_ stage: Stage, _ flags: String...) throws {
            try stage.write(Self.dockerfile, to: "Dockerfile")
            try stage.write("hushed-word", to: "key")
            let built = try stage.docker(["build", "--secret=id=key,src=key"] + flags + ["."])
            #expect(built.code == 0, "\(built)")
        }

        @Test func `an image that is pushed says the least of itself, in an index of its own`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let name = "\(registry.host)/web"
                try build(stage, "--push", "--tag=\(name)", "--build-arg=WORD=said", "--metadata-file=m.json")
                try fetch(name, stage)
                #expect(
                    try stage.shell("jq -r '.manifests[].platform | \"\\(.os)/\\(.architecture)\"' index.json")
                        == "linux/amd64\nunknown/unknown"
                )
                try stage.shell(
                    """
                    test "$(jq -r '.manifests[1].annotations."vnd.docker.reference.digest"' index.json)" \
                        = "$(jq -r '.manifests[0].digest' index.json)"
                    test "sha256:$(sha256sum < index.json | cut -d' ' -f1)" = "$(jq -r '."containerimage.digest"' m.json)"
                    jq -e '.manifests[1].annotations."vnd.docker.reference.type" == "attestation-manifest"' index.json
                    jq -e '.layers[0].mediaType == "application/vnd.in-toto+json"' attestation.json
                    jq -e '.layers[0].annotations."in-toto.io/predicate-type" == "https://slsa.dev/provenance/v1"' attestation.json
                    jq -e '"sha256:" + .subject[0].digest.sha256 == $digest' \
                        --arg digest "$(jq -r '.manifests[0].digest' index.json)" statement.json
                    jq -e '.predicate == $m[0]."buildx.build.provenance"' --slurpfile m m.json statement.json
                    """
                )
                let dependency = "jq -r '.predicate.buildDefinition.resolvedDependencies[].uri' statement.json"
                #expect(try stage.shell(dependency) == "pkg:docker/busybox@latest?platform=linux%2Famd64")
                #expect(try stage.shell("grep -c said statement.json || true") == "0")
                #expect(try stage.shell("skopeo inspect --tls-verify=false docker://\(name) | jq -r .Os") == "linux")
                let digest = try stage.shell("jq -r '.\"containerimage.digest\"' m.json")
                let again = try stage.docker("push", name)
                #expect(again.output.contains("digest: \(digest)"), "\(again)")
                #expect(try stage.docker("rmi", name).code == 0)
                #expect(try stage.docker("pull", name).code == 0)
                #expect(try stage.docker("run", "--rm", name, "cat", "/word").output == "said\n")
            }
        }

        @Test func `more is said when it is asked for, but never a secret`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let name = "\(registry.host)/web"
                let flags = "--provenance=mode=max,builder-id=https://ci/1,reproducible=true"
                try build(stage, "--push", "--tag=\(name)", "--build-arg=WORD=said", "--label=a=b", flags)
                try fetch(name, stage)
                try stage.shell(
                    "jq -r '.predicate.runDetails.metadata.buildkit_metadata.source.infos[0].data' statement.json | base64 -d | cmp - Dockerfile"
                )
                let request = ".predicate.buildDefinition.externalParameters.request | .args + {secret: .secrets[0].id}"
                #expect(
                    try stage.shell("jq -Sc '\(request)' statement.json")
                        == #"{"build-arg:WORD":"said","label:a":"b","secret":"key"}"#
                )
                #expect(try stage.shell("jq -r .predicate.runDetails.builder.id statement.json") == "https://ci/1")
                #expect(try stage.shell("grep -rl hushed-word registry-* | wc -l") == "0")
            }
        }

        @Test func `an image that stays here says nothing unless it is told to, and files as much`() throws {
            try onStage { stage in
                try build(stage, "--tag=a")
                #expect(try stage.docker("save", "-o", "a.tar", "a").code == 0)
                #expect(
                    try stage.shell("tar xOf a.tar index.json | jq -r '.manifests[].mediaType'").hasSuffix(
                        "manifest.v1+json"
                    )
                )
                try build(stage, "--tag=a", "--provenance=true")
                #expect(try stage.docker("save", "-o", "a.tar", "a").code == 0)
                #expect(
                    try stage.shell("tar xOf a.tar index.json | jq -r '.manifests[].mediaType'").hasSuffix(
                        "index.v1+json"
                    )
                )
                #expect(try stage.docker("images", "--quiet", "a").lines.count == 1)
                try build(stage, "--output=out")
                try build(stage, "--output=said", "--attest=type=provenance,mode=max")
                #expect(try stage.shell("ls out/provenance.json 2> /dev/null || true") == "")
                try stage.shell(
                    """
                    jq -e '.subject[] | select(.name == "word") | .digest.sha256 == $sum' \
                        --arg sum $(sha256sum < said/word | cut -d' ' -f1) said/provenance.json
                    """
                )
            }
        }

        @Test func `of services are as their files, flags and environment say`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let name = "\(registry.host)/web"
                let build = "{context: ., dockerfile_inline: FROM scratch, provenance: mode=max}"
                try stage.write("services: {web: {image: \(name), build: \(build)}}\n", to: "compose.yaml")
                #expect(try stage.compose("build", "--push").code == 0)
                try fetch(name, stage)
                let file =
                    "jq -r '.predicate.runDetails.metadata.buildkit_metadata.source.infos[0].data' statement.json"
                #expect(try stage.shell("\(file) | base64 -d") == "FROM scratch")
                func kind() throws -> String {
                    try stage.shell("skopeo inspect --tls-verify=false --raw docker://\(name) | jq -r .mediaType")
                }
                #expect(try kind() == "application/vnd.oci.image.index.v1+json")
                #expect(try stage.compose("build", "--push", "--provenance=false").code == 0)
                #expect(try kind() == "application/vnd.oci.image.manifest.v1+json")
                try stage.shell("sed -i 's/, provenance: mode=max//' compose.yaml")
                #expect(try stage.compose("build", "--push").code == 0)
                #expect(try kind() == "application/vnd.oci.image.index.v1+json")
                let without = ["BUILDX_NO_DEFAULT_ATTESTATIONS": "1"]
                #expect(try stage.compose("build", "--push", in: without).code == 0)
                #expect(try kind() == "application/vnd.oci.image.manifest.v1+json")
                let refused = try stage.compose("build", "--sbom=true")
                #expect(
                    refused.code == 1 && refused.errors.contains("services.web.build.sbom: no scanner"),
                    "\(refused)"
                )
            }
        }

        @Test(arguments: [
            ("--provenance=version=v0.2", "version is v1, not \"v0.2\""), ("--attest=type=sbom", "no scanner"),
            ("--provenance=mode=some", "mode is one of min, max, not \"some\""),
            ("--attest=type=x", "there is no attestation of type \"x\""),
        ])
        func `an attestation that cannot be had is refused`(flag: String, why: String) throws {
            try onStage { stage in
                try stage.write("FROM scratch\n", to: "Dockerfile")
                let refused = try stage.docker("build", flag, ".")
                #expect(refused.code == 1 && refused.errors.contains(why), "\(refused)")
            }
        }
    }
}
