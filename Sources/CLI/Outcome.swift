import Builder
import ComposeSpec
import Containers
import Orchestrator
import Synchronization

/// What an error means to whoever started the program.
struct Outcome {
    /// What is said; nil where nothing is.
    var message: String?
    /// Lines below the message that show what it is about.
    var excerpt: String?
    /// Lines above the message: what a failed step of a build wrote last, and its place in the file.
    var preamble: String?
    /// What the program exits with.
    var code: Int32

    init(of error: any Error) {
        switch error {
        case let failure as Failure:
            message = failure.message.isEmpty ? nil : failure.message
            code = failure.code
        case is Cancelled:
            message = "canceled"
            code = 130
        case let error as LoadError:
            message = error.description
            excerpt = error.excerpt?.description
            code = 1
        case let failure as StepFailure:
            message = failure.description
            code = 1
            preamble = (failure.error as? BuilderError)?.excerpt
        case let error as BuilderError:
            message = "failed to build: \(error)"
            preamble = error.excerpt
            code = 1
        case let error as ContainerError:
            message = error.description
            code = error.exitCode
        default:
            message = "\(error)"
            code = 1
        }
    }
}

/// What a program exits with when several things are done at once: 1 once one of them has failed.
final class ExitCode: Sendable {
    private let code = Mutex<Int32>(0)

    var value: Int32 { code.withLock { $0 } }

    func fail() { code.withLock { $0 = 1 } }
}
