import Images
import JSON
import OCI

extension Docker {
    /// `docker manifest create`
    struct CreateManifest: Command {
        static let usage = Usage(
            synopsis: "MANIFEST_LIST MANIFEST [MANIFEST...]",
            summary: "Draft an index of manifests that registries have",
            flags: [amend, ManifestSession.insecure],
            arity: .atLeast(2)
        )

        private static let amend = Flag.toggle("-a, --amend", "Add to a draft that there is")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let manifests = ManifestSession(session, arguments)
            let references = try arguments.positionals.map { try ImageReference(parsing: $0) }
            let amends = arguments[Self.amend]
            if !amends, try manifests.drafts.find(references[0]) != nil { throw IndexDraftError.exists(references[0]) }
            var members: [IndexMember] = []
            for reference in references.dropFirst() {
                members += try manifests.compose(at: reference) { try $0.members(of: reference) }
            }
            try manifests.drafts.add(members, to: references[0], amends: amends)
            try Console.print("Created manifest list \(references[0])\n")
            return 0
        }
    }

    /// `docker manifest annotate`
    struct AnnotateManifest: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] MANIFEST_LIST MANIFEST",
            summary: "Say what a manifest of a draft is for",
            flags: [architecture, system, features, version, variant],
            arity: .exactly(2)
        )

        private static let architecture = Flag<String?>.text("--arch", "Architecture, such as arm64")
        private static let system = Flag<String?>.text("--os", "Operating system")
        private static let features = Flag.list("--os-features", "What the system must have", placeholder: "list")
        private static let version = Flag<String?>.text("--os-version", "Version of the system")
        private static let variant = Flag<String?>.text("--variant", "Variant of the architecture, such as v8")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let manifests = ManifestSession(session)
            let (name, member) = (
                try ImageReference(parsing: arguments.positionals[0]),
                try ImageReference(parsing: arguments.positionals[1])
            )
            let digest = try member.digest ?? manifests.compose(at: member) { try $0.digest(of: member) }
            try manifests.drafts.annotate(digest, of: name) { platform in
                platform.architecture = arguments[Self.architecture] ?? platform.architecture
                platform.os = arguments[Self.system] ?? platform.os
                platform.variant = arguments[Self.variant] ?? platform.variant
                platform.osVersion = arguments[Self.version] ?? platform.osVersion
                let features = arguments[Self.features].flatMap { $0.split(separator: ",").map(String.init) }
                if !features.isEmpty { platform.osFeatures = features }
            }
            return 0
        }
    }

    /// `docker manifest inspect`
    struct InspectManifest: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
            summary: "Show a manifest or an index, of a draft or at its registry",
            flags: [ManifestSession.insecure, verbose],
            arity: .between(1, 2)
        )

        private static let verbose = Flag.toggle("-v, --verbose", "Show platforms and layers too")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let manifests = ManifestSession(session, arguments)
            let references = try arguments.positionals.map { try ImageReference(parsing: $0) }
            if references.count == 2 { return try show(references[1], in: references[0], manifests) }
            if let draft = try manifests.drafts.find(references[0]) {
                return try show(draft.members, whole: JSONValue(encoding: ImageIndex(of: draft.members)))
            }
            let reference = references[0]
            if arguments[Self.verbose] {
                let members = try manifests.members(of: reference)
                let isSingle = members.count == 1 && members[0].reference.repository == reference.repository
                return try print(isSingle ? members[0].details : .array(members.map { try $0.details }))
            }
            return try print(
                manifests.compose(at: reference) { try JSONValue(parsing: $0.artifact(reference).manifest) }
            )
        }

        private func show(_ member: ImageReference, in name: ImageReference, _ manifests: ManifestSession) throws
            -> Int32
        {
            guard let draft = try manifests.drafts.find(name) else { throw IndexDraftError.missing(name) }
            let digest = try member.digest ?? manifests.compose(at: member) { try $0.digest(of: member) }
            guard let found = draft.members.first(where: { $0.descriptor.digest == digest }) else {
                throw IndexDraftError.notNamed(digest, by: name)
            }
            return try print(arguments[Self.verbose] ? found.details : JSONValue(parsing: found.bytes))
        }

        private func show(_ members: [IndexMember], whole: JSONValue) throws -> Int32 {
            try print(arguments[Self.verbose] ? .array(members.map { try $0.details }) : whole)
        }

        private func print(_ value: JSONValue) throws -> Int32 {
            try Console.print(String(decoding: value.bytes(indentation: 3), as: UTF8.self) + "\n")
            return 0
        }
    }

    /// `docker manifest push`
    struct PushManifest: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] MANIFEST_LIST",
            summary: "Bring a drafted index, and the manifests that it names, to its registry",
            flags: [ManifestSession.insecure, purge],
            arity: .exactly(1)
        )

        private static let purge = Flag.toggle("-p, --purge", "Forget the draft afterwards")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws { self.arguments = arguments }

        func run(_ session: Session) throws -> Int32 {
            let manifests = ManifestSession(session, arguments)
            let name = try ImageReference(parsing: arguments.positionals[0])
            guard let draft = try manifests.drafts.find(name) else { throw IndexDraftError.missing(name) }
            for member in draft.members {
                try manifests.compose(at: name) { try $0.bring(member, to: name) }
                let digest = member.descriptor.digest
                try Console.print("Pushed ref \(name.repository)@\(digest) with digest: \(digest)\n")
            }
            let index = ImageIndex(of: draft.members)
            let descriptor = try manifests.compose(at: name) { try $0.put(index, as: name) }
            try Console.print("\(descriptor.digest)\n")
            if arguments[Self.purge] { try manifests.drafts.remove(name) }
            return 0
        }
    }

    /// `docker manifest rm`
    struct RemoveManifest: Command {
        static let usage = Usage(
            synopsis: "MANIFEST_LIST [MANIFEST_LIST...]",
            summary: "Forget drafts of indexes",
            flags: [],
            arity: .atLeast(1)
        )

        private let names: [String]

        init(_ arguments: Arguments) throws { names = arguments.positionals }

        func run(_ session: Session) throws -> Int32 {
            let drafts = ManifestSession(session).drafts
            return try Docker.forEach(names) { name in
                try drafts.remove(ImageReference(parsing: name))
                return nil
            }
        }
    }
}
