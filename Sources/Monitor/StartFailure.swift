import Linux

/// Why a container could not be started, and what Docker would exit with.
struct StartFailure: Error, Hashable {
    let message: String
    let code: Int32

    init(_ message: String, code: Int32 = 125) {
        self.message = message
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as LaunchError: self.init("\(error)", code: error.exitCode)
        default: self.init("\(error)")
        }
    }
}
