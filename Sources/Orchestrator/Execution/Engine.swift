/// Performs the actions of a plan.
///
/// An action may block for as long as its work takes: whoever calls gives it a thread of its own.
public protocol Engine: Sendable {
    /// Does one thing, whole or not at all.
    ///
    /// - Parameter progress: takes what there is to say meanwhile: output of a build, parts of an image that arrive.
    /// - Returns: what to report in place of the usual end when it ended otherwise, such as a network that is still in use.
    /// - Throws: what went wrong, in the words of the module that did the work; ``Cancelled`` when it waited and was cancelled.
    func perform(_ action: Action, cancellation: Cancellation, progress: @escaping @Sendable (Event) -> Void) throws
        -> Event?

    /// How many images may be pulled, pushed or built at once; nil is as many as there are.
    var imageLimit: Int? { get }
}

extension Engine {
    /// No limit.
    public var imageLimit: Int? { nil }
}

/// The work was given up because somebody asked for that.
public struct Cancelled: Error, Hashable, Sendable, CustomStringConvertible {
    /// The one error of its kind.
    public init() {}
    /// Docker Compose's word for it.
    public var description: String { "canceled" }
}
