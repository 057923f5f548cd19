import Images
import JSON
import Linux
import OCI
import SystemPackage

extension Docker {
    /// `docker buildx imagetools inspect`
    struct InspectImageTools: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] NAME",
            summary: "Show what a registry has under a name",
            flags: [raw, format],
            arity: .exactly(1)
        )

        private static let raw = Flag.toggle("--raw", "Show the manifest as it is")
        private static let format = Flag<String?>.text("--format", "json, or a template")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let reference = try ImageReference(parsing: arguments.positionals[0])
            let manifests = ManifestSession(session)
            let artifact = try manifests.compose(at: reference) { try $0.artifact(reference) }
            guard !arguments[Self.raw] else {
                try Console.print(String(decoding: artifact.manifest, as: UTF8.self))
                return 0
            }
            let index = try index(artifact.manifest)
            if let format = arguments[Self.format] {
                try Console.print(try text(format, reference, artifact, index))
                return 0
            }
            try Console.print(Self.text(reference, artifact.descriptor, index))
            return 0
        }

        private func index(_ bytes: [UInt8]) throws -> ImageIndex? {
            guard case .index(let index) = try ManifestDocument(parsing: bytes) else { return nil }
            return index
        }

        private func text(
            _ format: String,
            _ reference: ImageReference,
            _ artifact: RegistryArtifact,
            _ index: ImageIndex?
        ) throws -> String {
            var manifest = try JSONValue(encoding: artifact.descriptor)
            if case .object(let members) = manifest {
                let all = try index.map { [JSONValue.Member("manifests", try JSONValue(encoding: $0.manifests))] } ?? []
                manifest = .object(members + all)
            }
            let value: JSONValue = ["name": .string(reference.description), "manifest": manifest]
            if format == "json" { return value.description + "\n" }
            return try Template(parsing: format).render(value.fieldsInUpperCase) + "\n"
        }

        /// The blocks that buildx shows, one for each manifest.
        static func text(_ reference: ImageReference, _ descriptor: Descriptor, _ index: ImageIndex?) -> String {
            var text = """
                Name:      \(reference)
                MediaType: \(descriptor.mediaType)
                Digest:    \(descriptor.digest)

                """
            guard let index else { return text }
            text += "\nManifests:\n"
            for (number, manifest) in index.manifests.enumerated() {
                text += number == 0 ? "" : "\n"
                text += "  Name:      \(reference)@\(manifest.digest)\n  MediaType: \(manifest.mediaType)\n"
                if let platform = manifest.platform { text += "  Platform:  \(platform)\n" }
            }
            return text
        }
    }

    /// `docker buildx imagetools create`
    struct CreateImageTools: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SOURCE...]",
            summary: "Make an index, at a registry, of what registries have",
            flags: [annotation, append, dryRun, file, metadata, platform, tag],
            arity: .any
        )

        private static let annotation = Flag.list(
            "--annotation",
            "Remark on the index: NAME=VALUE",
            placeholder: "list"
        )
        private static let append = Flag.toggle("--append", "Keep what is there under the first tag")
        private static let dryRun = Flag.toggle("--dry-run", "Show the index instead")
        private static let file = Flag.list("-f, --file", "File with a descriptor of a source", placeholder: "list")
        private static let metadata = Flag<String?>.text("--metadata-file", "File that gets the index's descriptor")
        private static let platform = Flag.list("-p, --platform", "Take only these of a source", placeholder: "list")
        private static let tag = Flag.list("-t, --tag", "Name to give", placeholder: "list")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let targets = try arguments[Self.tag].map { try ImageReference(parsing: $0) }
            guard let first = targets.first ?? (try? ImageReference(parsing: arguments.positionals.first ?? "")) else {
                throw UsageError.conflict("no sources specified")
            }
            guard !targets.isEmpty || arguments[Self.dryRun] else {
                throw UsageError.conflict("no repositories specified")
            }
            let manifests = ManifestSession(session)
            let members = try members(manifests, appendingTo: first)
            guard !members.isEmpty else { throw UsageError.conflict("no sources specified") }
            var index = ImageIndex(of: members)
            let annotations = LabelText.labels(arguments[Self.annotation])
            if !annotations.isEmpty {
                index.mediaType = .index
                index.annotations = annotations
            }
            guard !arguments[Self.dryRun] else {
                let text = try JSONValue(encoding: index).bytes(indentation: 2)
                try Console.print(String(decoding: text, as: UTF8.self) + "\n")
                return 0
            }
            return try put(index, of: members, as: targets, manifests)
        }

        /// What the index is to name: sources, those that files describe, and those that are there.
        private func members(_ manifests: ManifestSession, appendingTo first: ImageReference) throws -> [IndexMember] {
            var references = try arguments.positionals.map { try ImageReference(parsing: $0) }
            for path in arguments[Self.file] {
                let bytes = try WholeFile.read(OwnProcess.currentFolder.pushing(FilePath(path)), limit: 1 << 20)
                references.append(try first.pinned(JSON.decode(Descriptor.self, from: bytes).digest))
            }
            if arguments[Self.append] { references.insert(first, at: 0) }
            let wanted = try arguments[Self.platform].flatMap { $0.split(separator: ",") }.map {
                try Platform(parsing: String($0))
            }
            var members: [IndexMember] = []
            for reference in references {
                for member in try manifests.compose(at: reference, { try $0.members(of: reference) })
                where !members.contains(where: { $0.descriptor.digest == member.descriptor.digest }) {
                    let platform = member.descriptor.platform?.normalized
                    guard wanted.isEmpty || wanted.contains(where: { $0 == platform }) else { continue }
                    members.append(member)
                }
            }
            return members
        }

        private func put(
            _ index: ImageIndex,
            of members: [IndexMember],
            as targets: [ImageReference],
            _ manifests: ManifestSession
        ) throws -> Int32 {
            for target in targets {
                let descriptor = try manifests.compose(at: target) { composer in
                    for member in members { try composer.bring(member, to: target) }
                    return try composer.put(index, as: target)
                }
                Console.note("pushing \(descriptor.digest) to \(target)")
                guard let path = arguments[Self.metadata] else { continue }
                let metadata: JSONValue = [
                    "containerimage.descriptor": try JSONValue(encoding: descriptor),
                    "image.name": .string(target.description),
                ]
                let file = OwnProcess.currentFolder.pushing(FilePath(path))
                try WholeFile.replace(file, with: metadata.bytes(indentation: 2), isDurable: false, mode: 0o644)
            }
            return 0
        }
    }
}

extension JSONValue {
    /// The same with names as templates of Go have them: in upper case at their beginning.
    fileprivate var fieldsInUpperCase: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.fieldsInUpperCase))
        case .object(let members):
            .object(
                members.map { .init($0.name.prefix(1).uppercased() + $0.name.dropFirst(), $0.value.fieldsInUpperCase) }
            )
        default: self
        }
    }
}
