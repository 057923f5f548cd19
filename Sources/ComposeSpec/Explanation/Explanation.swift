public import YAML

/// Where a value of a project is from, and what it won over.
public struct Explanation: Sendable, Hashable {
    /// How a value comes to be there.
    public enum Origin: Sendable, Hashable {
        /// A file says so.
        case written
        /// No file says so: it is a default, or follows from something else.
        case implied
        /// It is not there: `!reset` took it away.
        case takenAway
    }

    /// The path in the output of `config`, such as `services.web.ports[0].published`.
    public var path: String
    /// The value as text; collections in YAML's flow style.
    public var value: String
    /// How it comes to be there.
    public var origin: Origin
    /// Where it is written, or what it follows from.
    public var place: Mark
    /// What is written there, when variables were put into it.
    public var text: String?
    /// The variables that were put into it.
    public var variables: [ExplainedVariable] = []
    /// The values that it took the place of, the latest first.
    public var overridden: [Overridden] = []

    /// A value that lost.
    public struct Overridden: Sendable, Hashable {
        /// The value as text.
        public var value: String
        /// Where it is written.
        public var place: Mark
    }
}

/// A variable that was put into a text.
public struct ExplainedVariable: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// All that it was given, the value that counts first; empty when nothing gave it one.
    public var assignments: [VariableAssignment]
}
