import Images
import JSON
import OCI

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
            return try Template(parsing: format).render(value) + "\n"
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
}
