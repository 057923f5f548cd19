public import SystemPackage

/// A system call that failed: which call, on what, and why.
public struct SystemError: Error, Hashable, Sendable {
    /// The call's name as its man page spells it, such as `mount`.
    public let call: String
    /// What it was asked to work on, if that has a name: a path, an interface, a process.
    public let subject: String?
    /// Why it failed.
    public let errno: Errno

    /// A value of these parts.
    public init(_ call: String, on subject: String? = nil, errno: Errno) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }
}

extension SystemError: CustomStringConvertible {
    /// What went wrong, in one line.
    public var description: String {
        guard let subject else { return "\(call): \(errno)" }
        return "\(call) \(subject): \(errno)"
    }
}
