/// The flags of `tutti up` that other commands do not have.
enum UpFlag {
    static let detach = Flag.toggle("-d, --detach", "Return when everything has been started")
    static let noStart = Flag.toggle("--no-start", "Make containers and do not start them")
    static let waits = Flag.toggle("--wait", "Wait until services are running or healthy; implies -d")
    static let waitTimeout = Flag.number("--wait-timeout", "Seconds to wait for services at most")
    static let abortOnExit = Flag.toggle("--abort-on-container-exit", "Stop everything when a container ends")
    static let abortOnFailure = Flag.toggle("--abort-on-container-failure", "Stop everything when a container fails")
    static let exitCodeFrom = Flag<String?>.text(
        "--exit-code-from",
        "Exit as this service does, and stop everything then"
    )
    static let attach = Flag.list("--attach", "Show the output of this service alone")
    static let noAttach = Flag.list("--no-attach", "Do not show the output of this service")
    static let attachDependencies = Flag.toggle(
        "--attach-dependencies",
        "Show the output of services too that are needed"
    )
    static let timestamps = Flag.toggle("--timestamps", "Show times")
    static let menu = Flag.toggle("--menu", "Has no effect").hidden

    static let all: [any FlagDeclaration] = [
        detach, CommonFlag.build, CommonFlag.noBuild, CommonFlag.pull, CommonFlag.quietPull, CommonFlag.quietBuild,
        CommonFlag.forceRecreate, CommonFlag.noRecreate, UpWishes.alwaysRecreateDependencies,
        CommonFlag.noDependencies, noStart, UpWishes.renewVolumes, CommonFlag.removeOrphans, CommonFlag.scale,
        CommonFlag.timeout, waits, waitTimeout, abortOnExit, abortOnFailure, exitCodeFrom, attach, noAttach,
        attachDependencies, CommonFlag.noColor, CommonFlag.noLogPrefix, timestamps, menu, CommonFlag.yes,
    ]

    /// How long to wait at most; nil is for ever.
    static func waitTimeout(_ arguments: Arguments) throws(UsageError) -> Int? {
        guard let timeout = arguments[waitTimeout] else { return nil }
        guard timeout >= 0 else { throw .conflict("--wait-timeout must be a non-negative integer") }
        return timeout > 0 ? timeout : nil
    }
}
