import Containers
import Orchestrator
import SystemPackage

extension MountRequest {
    /// A `-v` value: `[source:]target[:options]`. A source that begins as a path does is a folder of the host, another one a
    /// volume.
    ///
    /// - Parameter folder: where relative paths start.
    /// - Throws: ``UsageError`` for what is none.
    init(volumeFlag text: String, from folder: FilePath) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw UsageError.conflict("invalid volume specification: \(text.quoted)")
        }
        let target = parts.count == 1 ? parts[0] : parts[1]
        guard target.hasPrefix("/"), FilePath(target).lexicallyNormalized() != "/" else {
            throw UsageError.conflict("invalid volume specification: \(text.quoted): mount path must be absolute")
        }
        let options = parts.count == 3 ? parts[2].split(separator: ",").map(String.init) : []
        let unknown = options.first { !Self.knownOptions.contains($0) }
        if let unknown { throw UsageError.conflict("invalid mode: \(unknown)") }
        let source: Source
        if parts.count == 1 {
            source = .volume(name: nil, subpath: nil, copiesUp: true)
        } else if let path = Self.hostPath(parts[0], from: folder) {
            let propagation = options.first { Self.propagations.contains($0) }
            source = .bind(path: path, createsSource: true, propagation: propagation, recursion: .enabled)
        } else {
            source = .volume(name: parts[0], subpath: nil, copiesUp: !options.contains("nocopy"))
        }
        self.init(source, target: Self.clean(target), isReadOnly: options.contains("ro"))
    }

    /// A `--mount` value: `type=bind,source=/a,target=/b,readonly`.
    ///
    /// - Throws: ``UsageError`` for what is none.
    init(mountFlag text: String, from folder: FilePath) throws {
        var fields: [String: String] = [:]
        var creation = VolumeCreation()
        for field in text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let (name, value) = (Self.fieldNames[parts[0]] ?? parts[0], parts.count > 1 ? parts[1] : "true")
            switch name {
            case "volume-label": creation.labels.merge(LabelText.labels([value])) { $1 }
            case "volume-opt": creation.options.merge(LabelText.labels([value])) { $1 }
            case "volume-driver": creation.driver = value
            case let name where Self.fields.contains(name): fields[name] = value
            default: throw UsageError.conflict("unexpected key \(name.quoted) in \(String(field).quoted)")
            }
        }
        guard let target = fields["target"], target.hasPrefix("/") else {
            throw UsageError.conflict("invalid mount config \(text.quoted): field target must be an absolute path")
        }
        let source: Source
        switch fields["type"] ?? "volume" {
        case "volume":
            let copies = fields["volume-nocopy"] != "true"
            source = .volume(name: fields["source"], subpath: fields["volume-subpath"], copiesUp: copies)
        case "bind":
            guard let name = fields["source"], !name.isEmpty else {
                throw UsageError.conflict("invalid mount config for type \"bind\": field source must not be empty")
            }
            guard let path = Self.hostPath(name, from: folder) else {
                let why = "invalid mount path: '\(name)' mount path must be absolute"
                throw UsageError.conflict("invalid mount config for type \"bind\": \(why)")
            }
            source = .bind(
                path: path,
                createsSource: fields["bind-create-src"] == "true",
                propagation: fields["bind-propagation"],
                recursion: try Self.recursion(fields["bind-recursive"])
            )
        case "tmpfs":
            let options = ["tmpfs-size": "size", "tmpfs-mode": "mode"].compactMap { name, option in
                fields[name].map { "\(option)=\($0)" }
            }
            source = .tmpfs(options: options.sorted())
        case "image":
            guard let name = fields["source"], !name.isEmpty else {
                throw UsageError.conflict("invalid mount config for type \"image\": field source must not be empty")
            }
            source = .image(reference: name, subpath: fields["image-subpath"])
        case let type: throw UsageError.conflict("invalid mount config: mount type \(type.quoted) unknown")
        }
        self.init(source, target: Self.clean(target), isReadOnly: ["true", "1"].contains(fields["readonly"]))
        self.creation = creation
    }

    /// A `--tmpfs` value: `target[:options]`.
    init(tmpfsFlag text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let target = parts.first, target.hasPrefix("/") else {
            throw UsageError.conflict("invalid tmpfs specification: \(text.quoted)")
        }
        let options = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
        self.init(
            .tmpfs(options: options.filter { $0 != "ro" }),
            target: Self.clean(target),
            isReadOnly: options.contains("ro")
        )
    }

    private static func recursion(_ text: String?) throws(UsageError) -> Mount.BindRecursion {
        guard let text else { return .enabled }
        guard let recursion = Mount.BindRecursion(rawValue: text) else {
            throw .conflict(
                "invalid value for bind-recursive: \(text.quoted): must be one of "
                    + "\"enabled\", \"disabled\", \"writable\", or \"readonly\""
            )
        }
        return recursion
    }

    private static let propagations: Set<String> = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]
    private static let knownOptions = propagations.union([
        "ro", "rw", "z", "Z", "nocopy", "cached", "delegated", "consistent",
    ])
    private static let fields: Set<String> = [
        "type", "source", "target", "readonly", "consistency", "bind-propagation", "bind-recursive", "bind-create-src",
        "volume-subpath", "volume-nocopy", "image-subpath", "tmpfs-size", "tmpfs-mode",
    ]
    private static let fieldNames = ["src": "source", "dst": "target", "destination": "target", "ro": "readonly"]

    private static func clean(_ path: String) -> String { FilePath(path).lexicallyNormalized().string }

    /// The path, absolute, if the text is one and no name of a volume.
    private static func hostPath(_ text: String, from folder: FilePath) -> String? {
        if text.hasPrefix("/") { return clean(text) }
        guard text.hasPrefix(".") else { return nil }
        return folder.appending(text).lexicallyNormalized().string
    }
}
