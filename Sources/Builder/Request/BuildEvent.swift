/// What a build reports while it runs.
public enum BuildEvent: Hashable, Sendable {
    case started(BuildStep)
    /// The step's result was there already.
    case cached(BuildStep)
    /// A line that the step's command wrote, without its end.
    case output(BuildStep, String)
    /// The step succeeded, after this many nanoseconds.
    case done(BuildStep, Int64)
    case failed(BuildStep)
    /// Something to know that does not stop the build.
    case warning(String)
    /// The image is complete: its identifier, and the names that it got.
    case finished(String, tags: [String])
}

/// One step of one stage.
public struct BuildStep: Hashable, Sendable {
    /// The stage as progress shows it: its name, `stage-1`, or nil when there is only one.
    public let stage: String?
    /// Counts from one.
    public let number: Int
    /// How many steps the stage has.
    public let count: Int
    /// The instruction on one line.
    public let text: String
}

extension BuildStep: CustomStringConvertible {
    /// `[web 2/5] RUN make`
    public var description: String {
        let place = "\(number)/\(count)"
        return "[\(stage.map { "\($0) \(place)" } ?? place)] \(text)"
    }
}
