import Builder
import Images
import JSON
import Linux
import OCI
import SystemPackage

extension Docker {
    /// `docker buildx imagetools create`
    struct CreateImageTools: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SOURCE...]",
            summary: "Make an index, at a registry, of what registries have",
            flags: [annotation, append, dryRun, file, metadata, platform, prefersIndex, tag],
            arity: .any
        )

        private static let annotation = Flag.list(
            "--annotation",
            "Remark: [index|manifest-descriptor[PLATFORM]:]NAME=VALUE",
            placeholder: "list"
        )
        private static let append = Flag.toggle("--append", "Keep what is there under the first tag")
        private static let dryRun = Flag.toggle("--dry-run", "Show the index instead")
        private static let file = Flag.list("-f, --file", "File that says what a source is", placeholder: "list")
        private static let metadata = Flag<String?>.text("--metadata-file", "File that gets the index's descriptor")
        private static let platform = Flag.list("-p, --platform", "Take only these of a source", placeholder: "list")
        private static let prefersIndex = Flag.toggle(
            "--prefer-index",
            "Make an index of a single image too, and no copy",
            default: true
        )
        private static let tag = Flag.list("-t, --tag", "Name to give", placeholder: "list")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let targets = try arguments[Self.tag].map { try ImageReference(parsing: $0) }
            guard !targets.isEmpty || arguments[Self.dryRun] else {
                throw UsageError.conflict("no repositories specified")
            }
            let sources = try sources(targets)
            guard !sources.isEmpty else { throw UsageError.conflict("no sources specified") }
            let wishes = try annotations()
            let manifests = ManifestSession(session)
            let index = try copy(of: sources, wishes, manifests) ?? combination(of: sources, wishes, manifests)
            guard !arguments[Self.dryRun] else {
                try Console.print(String(decoding: index.bytes, as: UTF8.self) + "\n")
                return 0
            }
            return try put(index, as: targets, manifests)
        }

        /// What the index is made of: what is there, what files say, and what is named.
        private func sources(_ targets: [ImageReference]) throws -> [IndexSource] {
            let files = try arguments[Self.file].map { path in
                let bytes = try WholeFile.read(OwnProcess.currentFolder.pushing(FilePath(path)), limit: 1 << 20)
                let text = String(decoding: bytes, as: UTF8.self)
                return text.hasSuffix("\n") ? String(text.dropLast()) : text
            }
            let wishes = try (files + arguments.positionals).map { try IndexSource.Wish(parsing: $0) }
            let existing = arguments[Self.append] ? targets.prefix(1).map { IndexSource(reference: $0) } : []
            return try existing + IndexSource.sources(wishes, targets: targets)
        }

        private func annotations() throws -> [AnnotationWish] {
            let wishes = try arguments[Self.annotation].flatMap { try AnnotationWish.parse($0, usual: .index) }
            for wish in wishes where wish.level != .index && wish.level != .manifestDescriptor {
                throw UsageError.conflict(
                    "an annotation of an index is of level index or manifest-descriptor, not \(wish.level.rawValue)"
                )
            }
            return wishes
        }

        /// What is all that is asked for, as it is: an index, or an image that is not to become one. Nil if something is to
        /// be made.
        private func copy(
            of sources: [IndexSource],
            _ wishes: [AnnotationWish],
            _ manifests: ManifestSession
        ) throws -> FinishedIndex? {
            guard sources.count == 1, wishes.isEmpty, arguments[Self.platform].isEmpty, !arguments[Self.append] else {
                return nil
            }
            let reference = sources[0].reference
            return try manifests.compose(at: reference) { composer in
                let artifact = try composer.artifact(reference)
                if case .manifest = try ManifestDocument(parsing: artifact.manifest), arguments[Self.prefersIndex] {
                    return nil
                }
                return FinishedIndex(
                    members: try composer.members(of: artifact.reference),
                    bytes: artifact.manifest,
                    mediaType: artifact.descriptor.mediaType
                )
            }
        }

        private func combination(
            of sources: [IndexSource],
            _ wishes: [AnnotationWish],
            _ manifests: ManifestSession
        ) throws -> FinishedIndex {
            var members = try members(of: sources, manifests)
            guard !members.isEmpty else { throw UsageError.conflict("no sources specified") }
            for place in members.indices {
                let descriptor = members[place].descriptor
                members[place].descriptor.annotate(wishes.values(.manifestDescriptor, for: descriptor.platform))
            }
            var index = ImageIndex(of: members)
            if !wishes.isEmpty { index.mediaType = .index }
            let annotations = wishes.values(.index)
            if !annotations.isEmpty { index.annotations = annotations }
            return FinishedIndex(
                members: members,
                bytes: try JSONValue(encoding: index).bytes(indentation: 2),
                mediaType: index.mediaType ?? .index
            )
        }

        /// The manifests of the platforms that are wanted, each once.
        private func members(of sources: [IndexSource], _ manifests: ManifestSession) throws -> [IndexMember] {
            let wanted = try arguments[Self.platform].flatMap { $0.split(separator: ",") }.map {
                try Platform(parsing: String($0))
            }
            var members: [IndexMember] = []
            for source in sources {
                let found = try manifests.compose(at: source.reference) { try $0.members(of: source.reference) }
                for member in found.map(source.described)
                where !members.contains(where: { $0.descriptor.digest == member.descriptor.digest }) {
                    let platform = member.descriptor.platform?.normalized
                    guard wanted.isEmpty || wanted.contains(where: { $0 == platform }) else { continue }
                    members.append(member)
                }
            }
            return members
        }

        private func put(
            _ index: FinishedIndex,
            as targets: [ImageReference],
            _ manifests: ManifestSession
        ) throws -> Int32 {
            for target in targets {
                let descriptor = try manifests.compose(at: target) { composer in
                    for member in index.members { try composer.bring(member, to: target) }
                    return try composer.put(index.bytes, index.mediaType, as: target)
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

/// An index as it is to be pushed.
private struct FinishedIndex: Sendable {
    let members: [IndexMember]
    let bytes: [UInt8]
    let mediaType: MediaType
}
