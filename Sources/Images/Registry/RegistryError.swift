/// Why a registry did not do what was asked of it.
public struct RegistryError: Error, Hashable, Sendable {
    /// The kinds that make a difference.
    public enum Kind: Hashable, Sendable {
        /// Nobody answers, or the name is not known.
        case unreachable
        /// It did not prove who it is.
        case untrusted
        /// It does not speak TLS.
        case notSecured
        /// It wants to know who one is, or does not let that one in.
        case unauthorized
        case notFound
        /// It is busy or broken at present; with the seconds after which it wants to be asked again, if it said so.
        case busy(retryAfter: Int?)
        /// The transfer was cut or stood still.
        case interrupted
        /// Somebody wanted it to end.
        case cancelled
        case other
    }

    /// What was to be done, such as `pull nginx:latest`.
    public let subject: String
    /// The registry's host.
    public let host: String
    /// What kind of failure it is.
    public let kind: Kind
    /// What went wrong.
    public let reason: String

    /// An error of these parts.
    public init(subject: String, host: String, kind: Kind = .other, reason: String) {
        self.subject = subject
        self.host = host
        self.kind = kind
        self.reason = reason
    }

    /// Whether it may go well another time.
    var isPassing: Bool {
        switch kind {
        case .busy, .interrupted: true
        default: false
        }
    }
}

extension RegistryError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String { "\(subject): \(host): \(reason)" }
}
