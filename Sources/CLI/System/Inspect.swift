import Images
import JSON
import Orchestrator

extension Docker {
    /// `docker inspect`
    struct Inspect: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME|ID [NAME|ID...]",
            summary: "Tell everything about objects",
            flags: [DockerFlag.inspectFormat, type, InspectContainer.size],
            arity: .atLeast(1)
        )

        private static let type = Flag<String?>.text("--type", "Kind of object: container, image, network, volume")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            let kinds: [(name: String, find: (String) throws -> JSONValue?)] = [
                (
                    "container",
                    { name in
                        guard let container = try? engine.containers.find(name) else { return nil }
                        let inspection = try ContainerInspection(ContainerSummary(container), engine)
                        return try inspection.value(withSizes: arguments[InspectContainer.size])
                    }
                ),
                ("image", { name in try engine.images.find(name).map { try engine.images.inspection(of: $0) } }),
                ("network", { name in try? InspectNetwork.value(of: name, in: engine.networks) }),
                ("volume", { name in try? engine.volumes.find(name).inspection }),
            ]
            let wanted = arguments[Self.type]
            guard wanted == nil || kinds.contains(where: { $0.name == wanted }) else {
                throw UsageError.conflict("\((wanted ?? "").quoted) is not a valid value for --type")
            }
            return try Inspection(format: arguments[DockerFlag.inspectFormat]).print(arguments.positionals) { name in
                for kind in kinds where wanted == nil || kind.name == wanted {
                    if let value = try kind.find(name) { return value }
                }
                throw Failure("no such \(wanted ?? "object"): \(name)")
            }
        }
    }

    /// `docker image inspect`
    struct InspectImage: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] IMAGE [IMAGE...]",
            summary: "Tell everything about images",
            flags: [DockerFlag.inspectFormat, ImageFlag.platform],
            arity: .atLeast(1)
        )

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let images = session.engine.images
            return try Inspection(format: arguments[DockerFlag.inspectFormat]).print(arguments.positionals) { name in
                try images.inspection(of: ImageFlag.image(name, arguments, session))
            }
        }
    }

    /// `docker container inspect`
    struct InspectContainer: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] CONTAINER [CONTAINER...]",
            summary: "Tell everything about containers",
            flags: [DockerFlag.inspectFormat, size],
            arity: .atLeast(1)
        )

        static let size = Flag.toggle("-s, --size", "Tell how much the container and its image take")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let engine = session.engine
            return try Inspection(format: arguments[DockerFlag.inspectFormat]).print(arguments.positionals) { name in
                try ContainerInspection(ContainerSummary(engine.containers.find(name)), engine)
                    .value(withSizes: arguments[Self.size])
            }
        }
    }
}
