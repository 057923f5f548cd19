import YAML

extension ShortForm {
    /// `[source:]target[:options]` → a mapping.
    func mount() throws(LoadError) -> Node {
        guard let text = node.string else { return node }
        guard let spec = MountSpec(text) else { throw malformed(text, "a volume: [source:]target[:options]") }
        var mapping = Mapping()
        mapping["type"] = with(.string(spec.isBind ? "bind" : "volume"))
        if let source = spec.source { mapping["source"] = with(.string(source)) }
        mapping["target"] = with(.string(spec.target))
        if spec.isReadOnly { mapping["read_only"] = with(.bool(true)) }
        if let consistency = spec.consistency { mapping["consistency"] = with(.string(consistency)) }
        if spec.isBind {
            mapping["bind"] = with(.mapping(bind(spec)))
        } else if spec.source != nil || spec.mayHaveOptions {
            var volume = Mapping()
            if spec.skipsCopy { volume["nocopy"] = with(.bool(true)) }
            mapping["volume"] = with(.mapping(volume))
        }
        return with(.mapping(mapping))
    }

    private func bind(_ spec: MountSpec) -> Mapping {
        var bind = Mapping()
        bind["create_host_path"] = with(.bool(true))
        if let propagation = spec.propagation { bind["propagation"] = with(.string(propagation)) }
        if let selinux = spec.selinux { bind["selinux"] = with(.string(selinux)) }
        return bind
    }

    /// `source[:target[:permissions]]` → a mapping.
    func device() throws(LoadError) -> Node {
        guard let text = node.string else { return node }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else { throw malformed(text, "a device: source[:target[:permissions]]") }
        var mapping = Mapping()
        mapping["source"] = with(.string(parts[0]))
        mapping["target"] = with(.string(parts.count > 1 ? parts[1] : parts[0]))
        mapping["permissions"] = with(.string(parts.count > 2 ? parts[2] : "rwm"))
        return with(.mapping(mapping))
    }
}

/// A volume in short.
struct MountSpec {
    var source: String?
    var target: String
    var isBind = false
    /// Whether the text has more than a target.
    var mayHaveOptions = false
    var isReadOnly = false
    var skipsCopy = false
    var consistency: String?
    var propagation: String?
    var selinux: String?

    /// Nil when the text is none.
    init?(_ text: String) {
        if text.utf8.count <= 2 {
            guard !text.isEmpty else { return nil }
            target = text
            return
        }
        guard let fields = Self.fields(of: text), let first = fields.first else { return nil }
        mayHaveOptions = true
        guard fields.count > 1 else {
            target = first
            return
        }
        source = first
        target = fields[1]
        isBind = Self.isPath(first)
        if fields.count > 2 { readOptions(fields[2]) }
    }

    /// The parts between colons; the colon of a drive letter belongs to its part.
    private static func fields(of text: String) -> [String]? {
        var fields: [String] = []
        var field = ""
        var braces = 0
        for character in text {
            if character == "{", field.last == "$" || braces > 0 { braces += 1 }
            if character == "}", braces > 0 { braces -= 1 }
            if character == ":", braces == 0, !isDriveLetter(field) {
                guard !field.isEmpty else { return nil }
                fields.append(field)
                field = ""
                guard fields.count <= 3 else { return nil }
            } else {
                field.append(character)
            }
        }
        if !field.isEmpty { fields.append(field) }
        return fields.count <= 3 ? fields : nil
    }

    private static func isDriveLetter(_ field: String) -> Bool {
        guard field.count == 1, let letter = field.first else { return false }
        return letter.isLetter
    }

    private static func isPath(_ source: String) -> Bool {
        guard let first = source.first else { return false }
        return "./~\\".contains(first) || source.dropFirst().first == ":"
    }

    private mutating func readOptions(_ options: String) {
        for option in options.split(separator: ",") {
            switch option {
            case "ro": isReadOnly = true
            case "rw": isReadOnly = false
            case "nocopy": skipsCopy = true
            case "z", "Z": selinux = String(option)
            case "private", "rprivate", "shared", "rshared", "slave", "rslave": propagation = String(option)
            default: break
            }
        }
    }
}
