public import JSON
public import OCI
import Storage

/// One line of an image's history.
public struct ImageHistoryLine: Hashable, Sendable {
    /// The image's id on the newest line; the others are steps without an id of their own.
    public let id: Digest?
    /// RFC 3339.
    public let created: String?
    /// The command or instruction.
    public let createdBy: String
    /// How many bytes the step's files have.
    public let size: Int64
    /// Whatever the maker had to say.
    public let comment: String
}

extension ImageStore {
    /// How an image came to be, newest first.
    public func history(of image: Image) throws -> [ImageHistoryLine] {
        var diffIDs = image.layers[...]
        var lines: [ImageHistoryLine] = []
        for step in image.configuration.history {
            let diffID = step.emptyLayer == true ? nil : diffIDs.popFirst()
            let size = try diffID.flatMap { try layers.record($0)?.size } ?? 0
            lines.append(
                ImageHistoryLine(
                    id: nil,
                    created: step.created,
                    createdBy: step.createdBy ?? "",
                    size: size,
                    comment: step.comment ?? ""
                )
            )
        }
        guard let last = lines.popLast() else { return [] }
        let newest = ImageHistoryLine(
            id: image.id,
            created: last.created,
            createdBy: last.createdBy,
            size: last.size,
            comment: last.comment
        )
        return [newest] + lines.reversed()
    }

    /// What `inspect` prints of an image.
    public func inspection(of image: Image) throws -> JSONValue {
        let configuration = image.configuration
        let diffs = try image.layers.reversed().map { try layers.contents(of: $0).string }
        var data: [JSONValue.Member] = []
        if let upper = diffs.first { data.append(.init("UpperDir", .string(upper))) }
        if diffs.count > 1 { data.append(.init("LowerDir", .string(diffs.dropFirst().joined(separator: ":")))) }
        return [
            "Id": .string(image.id.description),
            "RepoTags": .array(image.references.map { .string($0.familiar) }),
            "RepoDigests": .array(image.repositoryDigests.map { .string($0.familiar) }),
            "Comment": .string(configuration.history.last?.comment ?? ""),
            "Created": configuration.created.map(JSONValue.string) ?? .null,
            "Author": .string(configuration.author ?? ""),
            "Config": try JSONValue(encoding: configuration.config),
            "Architecture": .string(configuration.architecture),
            "Variant": configuration.variant.map(JSONValue.string) ?? "",
            "Os": .string(configuration.os),
            "Size": .integer(image.size),
            "GraphDriver": ["Data": .object(data), "Name": "overlay2"],
            "RootFS": ["Type": "layers", "Layers": .array(image.layers.map { .string($0.description) })],
            "Metadata": ["LastTagTime": .string(Self.time(image.taggedAt))],
        ]
    }
}
