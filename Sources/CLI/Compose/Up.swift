import ComposeSpec
import Orchestrator

extension Compose {
    /// `tutti up`
    struct Up: ComposeCommand {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVICE...]",
            summary: "Make and start what the files describe",
            flags: UpFlag.all
        )

        private let wishes: UpWishes
        private let attachment: AttachmentWishes
        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            wishes = try UpWishes(arguments)
            attachment = try AttachmentWishes(arguments)
        }

        func run(_ session: Session) throws -> Int32 {
            var session = session
            session.compose.hidesImageOutput = arguments[CommonFlag.quietPull] || arguments[CommonFlag.quietBuild]
            session.compose.asksAboutRemoteFiles = !arguments[CommonFlag.yes]
            let project = try session.project(services: wishes.services)
            var options = try wishes.options(for: project, in: session)
            options.waits = arguments[UpFlag.waits]
            options.waitTimeout = try UpFlag.waitTimeout(arguments)
            options.starts = !arguments[UpFlag.noStart]
            guard attachment.isAttached, options.starts, !session.compose.isDryRun else {
                return try session.bringUp("up", project, options)
            }
            let watched = try attachment.services(of: project, named: options.services)
            return try AttachedUp(session, project, options, attachment, watched: watched).run()
        }
    }
}
