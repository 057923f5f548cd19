import Testing

extension EndToEnd {
    @Suite struct Checks {
        private static let command =
            "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals "
            + "(line 20)"

        @Test func `a build lists what is likely wrong below its steps`() throws {
            try onStage("checks") { stage in
                let secrets = ["--secret", "id=token,src=Dockerfile"]
                let build = try stage.docker(["build", "--progress", "plain"] + secrets + ["-t", "app", "."])
                #expect(build.code == 0, "\(build)")
                #expect(
                    build.errors.hasSuffix(
                        """

                         3 warnings found (use docker --debug to expand):
                         - UndefinedVar: Usage of undefined variable '$GREETIN' (did you mean $GREETING?) (line 19)
                         - LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format \
                        (line 19)
                         - \(Self.command)

                        """
                    ),
                    "\(build)"
                )
                let expanded = try stage.docker(
                    ["--debug", "build", "--progress", "plain"] + secrets + ["-t", "app", "."]
                )
                #expect(expanded.errors.contains("  20 | >>> CMD echo $TEXT\n"), "\(expanded)")
                let project = try stage.docker("--debug", "compose", "--progress", "plain", "build", "app")
                #expect(project.errors.contains("  20 | >>> CMD echo $TEXT\n"), "\(project)")
                let quiet = try stage.docker(["build", "--quiet"] + secrets + ["."])
                #expect(quiet.code == 0 && quiet.errors == "", "\(quiet)")
            }
        }

        @Test func `checking builds nothing, and fails where it finds something`() throws {
            try onStage("checks") { stage in
                let check = try stage.docker("build", "--check", ".")
                #expect(check.code == 1, "\(check)")
                #expect(
                    check.output.hasPrefix(
                        """
                        Check complete, 3 warnings have been found!

                        WARNING: UndefinedVar - https://docs.docker.com/go/dockerfile/rule/undefined-var/
                        Usage of undefined variable '$GREETIN' (did you mean $GREETING?)
                        Dockerfile:19
                        --------------------
                          17 |     # GREETING is said at the start
                          18 |     ARG GREETING="hello you"
                          19 | >>> ENV TEXT "$GREETIN $VERSION"
                          20 |     CMD echo $TEXT
                        --------------------

                        WARNING: LegacyKeyValueFormat - \
                        https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/

                        """
                    ),
                    "\(check)"
                )
                let calm = try stage.docker("build", "--call", "check,format=json,ignorestatus=true", ".")
                #expect(calm.code == 0 && calm.output.contains(#""ruleName": "JSONArgsRecommended""#), "\(calm)")
                let fine = try stage.docker("build", "--check", "--target", "base", ".")
                #expect(fine.code == 0 && fine.output == "Check complete, no warnings found.\n", "\(fine)")
                let strict = try stage.docker("build", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=error=true", ".")
                #expect(strict.code == 1 && strict.errors.contains("lint violation found for rules: "), "\(strict)")
                let compose = try stage.compose("build", "--check")
                #expect(compose.code == 1, "\(compose)")
                #expect(compose.output.hasPrefix("app\n\nCheck complete, 3 warnings have been found!\n"), "\(compose)")
                #expect(compose.output.hasSuffix("\n\nfine\n\nCheck complete, no warnings found.\n"), "\(compose)")
                #expect(try stage.docker("images", "--quiet", "checks-app").output == "")
            }
        }

        @Test func `a build tells what it can be told, and what it can be for`() throws {
            try onStage("checks") { stage in
                let outline = try stage.docker("build", "--call", "outline", "--build-arg", "VERSION=2", ".")
                #expect(
                    outline.output == """
                        TARGET:      app
                        DESCRIPTION: is what runs

                        BUILD ARG   VALUE       DESCRIPTION
                        VERSION     2           
                        GREETING    hello you   is said at the start

                        SECRET   REQUIRED
                        extra    
                        token    true


                        """,
                    "\(outline)"
                )
                let targets = try stage.docker("build", "--call=targets", ".")
                #expect(
                    targets.output == """
                        TARGET          DESCRIPTION
                        base            has the tools
                        app (default)   is what runs

                        """,
                    "\(targets)"
                )
                let json = try stage.docker("build", "--call", "targets,format=json", ".")
                #expect(json.output.contains(#""base": "busybox""#) && json.output.contains(#""default": true"#))
                let unknown = try stage.docker("build", "--call", "lunch", ".")
                #expect(unknown.code != 0 && unknown.errors.contains("unsupported call \"lunch\""), "\(unknown)")
            }
        }
    }
}
