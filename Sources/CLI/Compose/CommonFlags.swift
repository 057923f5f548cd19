/// Flags that several commands of Compose have.
enum CommonFlag {
    static let timeout = Flag.number("-t, --timeout", "Seconds that a container gets to stop")
    /// Every command takes it after its name too.
    static let dryRun = ComposeFlags.dryRun
    static let removeOrphans = Flag.toggle(
        "--remove-orphans",
        "Remove containers of services that the files do not have"
    )
    static let quiet = Flag.toggle("-q, --quiet", "Print nothing but what went wrong")
    static let pull = Flag<String?>.text("--pull", "When images are pulled: always, missing, never, build")
    static let quietPull = Flag.toggle("--quiet-pull", "Show no progress of pulls")
    static let scale = Flag.list("--scale", "Replicas of a service: SERVICE=NUM")
    static let index = Flag.number("--index", "Number of the container, where a service has several")
    static let noColor = Flag.toggle("--no-color", "Print without colors")
    static let noLogPrefix = Flag.toggle("--no-log-prefix", "Print lines without names before them")
    static let build = Flag.toggle("--build", "Build images first")
    static let noBuild = Flag.toggle("--no-build", "Build nothing, even if an image is missing")
    static let quietBuild = Flag.toggle("--quiet-build", "Show no output of builds")
    static let noDependencies = Flag.toggle("--no-deps", "Leave the services alone that are needed")
    static let forceRecreate = Flag.toggle("--force-recreate", "Replace containers even if nothing has changed")
    static let noRecreate = Flag.toggle("--no-recreate", "Keep containers even if something has changed")
    static let yes = Flag.toggle("-y, --yes", "Take every question as answered by yes").named(also: "y")

    /// `SERVICE=NUM` texts.
    static func scale(_ texts: [String]) throws(UsageError) -> [String: Int] {
        var scale: [String: Int] = [:]
        for text in texts {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
                let count = Int(text[text.index(after: sign)...]), count >= 0
            else { throw .conflict("invalid scale specifier: \(text)") }
            scale[String(text[..<sign])] = count
        }
        return scale
    }

    /// When images are pulled, as `--pull` says it; nil without the flag.
    static func pullPolicy(_ arguments: Arguments) throws(UsageError) -> String? {
        guard let policy = arguments[pull] else { return nil }
        guard ["always", "missing", "never", "build", "if_not_present"].contains(policy) else {
            throw .conflict("invalid --pull option \(policy.quoted)")
        }
        return policy == "if_not_present" ? "missing" : policy
    }

    /// What `--build` and `--no-build` say.
    static func isBuildConflict(_ arguments: Arguments) throws(UsageError) {
        guard arguments[build], arguments[noBuild] else { return }
        throw .conflict("--build and --no-build are incompatible")
    }
}
