import ComposeSpec

/// What the flags of `up` say of output and of ends.
struct AttachmentWishes: Sendable {
    /// Whether output is shown until the end.
    let isAttached: Bool
    let rule: Attendance.Rule
    /// The service whose end decides about the exit status.
    let exitCodeFrom: String?
    let isColored: Bool
    let hasPrefix: Bool
    let showsTimes: Bool
    private let only: [String]
    private let without: Set<String>
    private let includesDependencies: Bool

    /// - Throws: ``UsageError`` where flags exclude each other.
    init(_ arguments: Arguments) throws(UsageError) {
        exitCodeFrom = arguments[UpFlag.exitCodeFrom]
        only = arguments[UpFlag.attach]
        without = Set(arguments[UpFlag.noAttach])
        includesDependencies = arguments[UpFlag.attachDependencies]
        isColored = !arguments[CommonFlag.noColor]
        hasPrefix = !arguments[CommonFlag.noLogPrefix]
        showsTimes = arguments[UpFlag.timestamps]
        let abortsOnFailure = arguments[UpFlag.abortOnFailure]
        let abortsOnExit = arguments[UpFlag.abortOnExit] || exitCodeFrom != nil && !abortsOnFailure
        rule = abortsOnFailure ? .firstFailure : abortsOnExit ? .firstEnd : .lastEnd
        let isDetached = arguments[UpFlag.detach] || arguments[UpFlag.waits]
        isAttached = !isDetached
        if abortsOnFailure, arguments[UpFlag.abortOnExit] {
            throw .conflict("cannot combine --abort-on-container-exit and --abort-on-container-failure")
        }
        if !only.isEmpty, includesDependencies { throw .conflict("cannot combine --attach and --attach-dependencies") }
        guard isDetached else { return }
        if !only.isEmpty || includesDependencies || abortsOnExit || abortsOnFailure {
            let flag = arguments[UpFlag.waits] ? "--wait" : "--detach"
            throw .conflict(
                "\(flag) cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies"
            )
        }
    }

    /// The services whose output is shown.
    func services(of project: Project, named: [String]) throws -> Set<String> {
        let all = Set(project.services.map(\.name))
        for name in only + (exitCodeFrom.map { [$0] } ?? []) where !all.contains(name) {
            throw Failure("no such service: \(name)")
        }
        guard only.isEmpty else { return Set(only) }
        let wanted = named.isEmpty || includesDependencies ? all : Set(named)
        let silent = project.services.filter { !$0.isAttached }.map(\.name)
        return wanted.subtracting(without).subtracting(silent)
    }
}
