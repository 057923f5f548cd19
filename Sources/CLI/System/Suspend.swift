import Containers
import Orchestrator

extension Docker {
    /// `tutti system suspend`
    struct Suspend: Command {
        static let usage = Usage(
            synopsis: "",
            summary: "Stop what is running, to be started again by resume",
            arity: .none
        )

        init(_ arguments: Arguments) throws {}

        func run(_ session: Session) throws -> Int32 {
            var code: Int32 = 0
            for (name, failure) in try session.engine.suspend() {
                guard let failure else {
                    try Console.print("\(name)\n")
                    continue
                }
                Console.note("Error: \(failure)")
                code = 1
            }
            return code
        }
    }
}
