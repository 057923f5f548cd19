import Testing

extension EndToEnd {
    /// What a build gives out, as others read it.
    @Suite struct BuildOutputs {
        private static let dockerfile = """
            FROM busybox
            RUN mkdir -p /out/bin && cd /out && echo one > one && chmod 4755 one && ln one bin/same && ln -s ../one bin/link \\
                && mknod null c 1 3 && echo two > two && chown 12:34 two bin && chmod 4755 two

            """

        @Test func `a folder gets the files of the result, and nothing beside it`() throws {
            try onStage { stage in
                try stage.write(Self.dockerfile, to: "Dockerfile")
                try stage.shell(
                    "mkdir -p to/out elsewhere && ln -s ../../elsewhere to/out/bin && echo mine > to/out/kept"
                )
                let built = try stage.docker("build", "--output", "to", ".")
                #expect(built.code == 0 && built.output == "", "\(built)")
                #expect(built.errors.contains("devices are left out: /out/null"), "\(built)")
                #expect(
                    try stage.shell("cd to/out && find . | sort | xargs stat -c '%n %F %a %u:%g %h'") == """
                        . directory 755 0:0 3
                        ./bin directory 755 0:0 2
                        ./bin/link symbolic link 777 0:0 1
                        ./bin/same regular file 4755 0:0 2
                        ./kept regular file 644 0:0 1
                        ./one regular file 4755 0:0 2
                        ./two regular file 755 0:0 1
                        """
                )
                #expect(try stage.shell("ls elsewhere") == "")
                #expect(try stage.docker("images", "--quiet").lines.count == 1)
            }
        }

        @Test func `an archive of the files goes to the standard output, or to a file`() throws {
            try onStage { stage in
                try stage.write(Self.dockerfile, to: "Dockerfile")
                let program = "TUTTI_ROOT='\(stage.root)' '\(stage.programs)/docker'"
                try stage.shell("\(program) build -o - . > out.tar 2> log")
                let list =
                    "tar --numeric-owner -tvf out.tar | grep ' out/' | sed -E 's/ +/ /g; s/ [0-9-]{10} [0-9:]{5}//'"
                #expect(
                    try stage.shell(list) == """
                        drwxr-xr-x 0/0 0 out/
                        drwxr-xr-x 12/34 0 out/bin/
                        lrwxrwxrwx 0/0 0 out/bin/link -> ../one
                        -rwsr-xr-x 0/0 4 out/bin/same
                        crw-r--r-- 0/0 1,3 out/null
                        hrwsr-xr-x 0/0 0 out/one link to out/bin/same
                        -rwsr-xr-x 12/34 4 out/two
                        """
                )
                let built = try stage.docker("build", "-o", "type=tar,dest=file.tar", ".")
                #expect(built.code == 0, "\(built)")
                try stage.shell("cmp out.tar file.tar")
            }
        }

        @Test(arguments: ["gzip", "zstd", "uncompressed"])
        func `a layout is one that skopeo reads`(compression: String) throws {
            try onStage { stage in
                try stage.write("FROM busybox\nRUN echo two > /two\nLABEL a=b\n", to: "Dockerfile")
                let built = try stage.docker(
                    "build",
                    "--tag=shop/web:1",
                    "--provenance=false",
                    "--output=type=oci,dest=web.tar,compression=\(compression),force-compression=true,annotation.who=me",
                    "--output=type=oci,tar=false,dest=web,compression=\(compression),force-compression=true",
                    "--output=type=docker,dest=docker.tar",
                    "--metadata-file=metadata.json",
                    "--iidfile=iid",
                    "."
                )
                #expect(built.code == 0, "\(built)")
                let types = "[.config.mediaType, .layers[].mediaType, .annotations.who] | join(\" \")"
                let layer =
                    "application/vnd.oci.image.layer.v1.tar\(compression == "uncompressed" ? "" : "+\(compression)")"
                let expected = "application/vnd.oci.image.config.v1+json \(layer) \(layer)"
                #expect(
                    try stage.shell("skopeo inspect --raw oci-archive:web.tar:1 | jq -r '\(types)'") == "\(expected) me"
                )
                #expect(try stage.shell("skopeo inspect --raw oci:web:1 | jq -r '\(types)'") == "\(expected) ")
                #expect(try stage.shell("skopeo inspect oci:web:1 | jq -r .Labels.a") == "b")
                try stage.shell("skopeo copy --quiet oci:web:1 dir:copy")
                #expect(try stage.shell("skopeo inspect docker-archive:docker.tar | jq -r .Labels.a") == "b")
                #expect(try stage.docker("images", "--quiet", "shop/web").output == "")
                #expect(try stage.docker("load", "-i", "web.tar").output == "Loaded image: shop/web:1\n")
                #expect(try stage.docker("run", "--rm", "shop/web:1", "cat", "/two").output == "two\n")
            }
        }

        @Test func `what came of a build is written to files`() throws {
            try onStage { stage in
                try stage.write("FROM busybox\nRUN echo two > /two\n", to: "Dockerfile")
                let built = try stage.docker(
                    "build",
                    "-t",
                    "a",
                    "-t",
                    "b:2",
                    "--iidfile=iid",
                    "--metadata-file=m.json",
                    "."
                )
                #expect(built.code == 0, "\(built)")
                let id = try stage.docker("images", "--quiet", "--no-trunc", "a").text
                #expect(try stage.shell("cat iid") == id)
                #expect(
                    try stage.shell("jq -r '.\"image.name\", .\"containerimage.config.digest\"' m.json")
                        == "docker.io/library/a:latest,docker.io/library/b:2\n\(id)"
                )
                #expect(
                    try stage.shell(
                        "jq -r '.\"containerimage.descriptor\".digest == .\"containerimage.digest\"' m.json"
                    )
                        == "true"
                )
                #expect(try stage.shell("jq -r '.\"buildx.build.ref\" | test(\"^default/default/\")' m.json") == "true")
            }
        }

        @Test func `an image is pushed as it was built, by each of its names`() throws {
            try onStage { stage in
                let registry = try StageRegistry(stage)
                let host = registry.host
                try stage.write("FROM busybox\nRUN echo two > /two\n", to: "Dockerfile")
                let names = ["--tag=\(host)/web:1", "--tag=\(host)/web:2"]
                let flags = [
                    "--annotation=who=me", "--annotation=manifest[linux/amd64]:what=it", "--metadata-file=m.json",
                ]
                let built = try stage.docker(["build", "--push", "--provenance=false"] + names + flags + ["."])
                #expect(built.code == 0, "\(built)")
                let digest = try stage.shell("jq -r '.\"containerimage.digest\"' m.json")
                for tag in ["1", "2"] {
                    let inspect = "skopeo inspect --tls-verify=false docker://\(host)/web:\(tag)"
                    #expect(try stage.shell("\(inspect) | jq -r .Digest") == digest)
                    #expect(try stage.shell("\(inspect) --raw | jq -c .annotations") == #"{"what":"it","who":"me"}"#)
                }
                let again = try stage.docker("push", "\(host)/web:2")
                #expect(again.output.contains("2: digest: \(digest)"), "\(again)")
                let nameless = try stage.docker("build", "--push", ".")
                #expect(nameless.code == 1 && nameless.errors.contains("tag is needed when pushing to registry"))
                let output = "type=image,name=\(host)/other,push=true,push-by-digest=true"
                #expect(try stage.docker("build", "--output", output, "--metadata-file=o.json", ".").code == 0)
                let other = try stage.shell("jq -r '.\"containerimage.digest\"' o.json")
                try stage.shell("skopeo inspect --no-tags --tls-verify=false docker://\(host)/other@\(other)")
                #expect(
                    try stage.shell("skopeo inspect --tls-verify=false docker://\(host)/other:latest 2>&1 || true")
                        .contains("manifest unknown")
                )
            }
        }

        @Test func `the same files give the same image, on any root and at any time`() throws {
            try onStage { stage in
                let dockerfile = """
                    FROM busybox AS made
                    ARG SOURCE_DATE_EPOCH
                    WORKDIR /made
                    COPY --chown=7:8 . .
                    RUN echo $SOURCE_DATE_EPOCH > stamp && ln stamp second && rm /etc/passwd && mkdir -p b a && touch b/f a/f
                    FROM busybox
                    COPY --from=made /made /copied
                    COPY <<EOF /said
                    said
                    EOF
                    RUN --mount=type=bind,from=made,target=/from ls /from > /seen
                    CMD ["true"]

                    """
                try stage.write(dockerfile, to: "Dockerfile")
                try stage.write("data", to: "data")
                try stage.shell("mkdir ../second && cp Dockerfile data ../second && touch -d 2021-02-03 data")
                try stage.shell(
                    "'\(stage.programs)/docker' save busybox > ../second/busybox.tar",
                    in: ["TUTTI_ROOT": stage.root]
                )
                let other = ["TUTTI_ROOT": "\(stage.folder)/../second/root"]
                try stage.shell("'\(stage.programs)/docker' load -i ../second/busybox.tar", in: other)
                try stage.write("busybox.tar\nroot\n", to: "../second/.dockerignore")
                try stage.write("busybox.tar\nroot\n", to: ".dockerignore")

                let epoch = ["SOURCE_DATE_EPOCH": "1600000000"]
                let flags = [
                    "--output=type=oci,dest=../out.tar,rewrite-timestamp=true",
                    "--output=type=image,name=a,rewrite-timestamp=true",
                ]
                func digest(_ folder: String, _ environment: [String: String]) throws -> String {
                    let arguments = ["build", "--provenance=false", "--metadata-file=../m.json"] + flags + [folder]
                    let built = try stage.program("docker", arguments, epoch.merging(environment) { $1 }).run()
                    #expect(built.code == 0, "\(built)")
                    return try stage.shell(
                        "jq -r '.\"containerimage.digest\", .\"containerimage.config.digest\"' ../m.json && sha256sum < ../out.tar"
                    )
                }
                let first = try digest(".", [:])
                #expect(try digest("../second", other) == first)
                #expect(
                    try stage.shell(
                        "skopeo inspect --config oci-archive:../out.tar | jq -r '.created, .history[-1].created'"
                    ) == "2020-09-13T12:26:40Z\n2020-09-13T12:26:40Z"
                )
                #expect(
                    try stage.docker(
                        "run",
                        "--rm",
                        "a",
                        "find",
                        "/copied",
                        "/said",
                        "/seen",
                        "-newermt",
                        "2020-09-13 12:26:41"
                    ).output == ""
                )
                let bad = try stage.docker("build", ".", in: ["SOURCE_DATE_EPOCH": "yesterday"])
                #expect(bad.code == 1 && bad.errors.contains("invalid SOURCE_DATE_EPOCH: yesterday"), "\(bad)")
            }
        }

        @Test(arguments: [
            ("type=local", "dest has to be a folder"), ("type=zip,dest=a", "there is no output of type \"zip\""),
            ("type=image,speed=9", "there is no option \"speed\""), ("dest=a", "type is required for output"),
            ("type=oci,compression=estargz", "compression is one of uncompressed, gzip, zstd, not \"estargz\""),
            ("type=image,registry.insecure=true", "insecure registries are listed in daemon.json"),
        ])
        func `an output that cannot be given is refused`(output: String, why: String) throws {
            try onStage { stage in
                try stage.write("FROM scratch\n", to: "Dockerfile")
                let refused = try stage.docker("build", "--output", output, ".")
                #expect(refused.code == 1 && refused.errors.contains(why), "\(refused)")
            }
        }
    }
}
