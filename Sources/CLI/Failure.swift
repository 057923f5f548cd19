/// An end with a message and a code of its own.
struct Failure: Error {
    /// One line, without the program's name.
    var message: String
    /// What the program exits with.
    var code: Int32 = 1

    init(_ message: String, code: Int32 = 1) {
        self.message = message
        self.code = code
    }
}

extension Failure: CustomStringConvertible {
    var description: String { message }
}
