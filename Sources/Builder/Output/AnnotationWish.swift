public import OCI

/// A remark that a document of an image gets.
public struct AnnotationWish: Hashable, Sendable {
    /// Which document, or which mention of one.
    public enum Level: String, CaseIterable, Hashable, Sendable {
        case manifest, index
        case manifestDescriptor = "manifest-descriptor"
        case indexDescriptor = "index-descriptor"

        /// Whether there has to be an index for it.
        var isOfIndex: Bool { self == .index || self == .indexDescriptor }
    }

    /// Where it stands.
    public let level: Level
    /// For which platform's image; nil is all.
    public let platform: Platform?
    /// What it is called.
    public let key: String
    /// What it says.
    public let value: String

    /// Reads what `--annotation` takes: `[level[platform],…:]key=value`.
    ///
    /// - Parameter usual: The level where the text names none.
    public static func parse(_ text: String, usual: Level = .manifest) throws -> [AnnotationWish] {
        guard let sign = text.firstIndex(of: "=") else {
            throw BuilderError(.badAttribute(text, "an annotation is key=value"))
        }
        let value = String(text[text.index(after: sign)...])
        let head = text[..<sign]
        guard let colon = head.firstIndex(of: ":") else {
            return [AnnotationWish(level: usual, platform: nil, key: String(head), value: value)]
        }
        let key = String(head[head.index(after: colon)...])
        let places = head[..<colon].split(separator: ",", omittingEmptySubsequences: false)
        guard !places.contains("") else {
            throw BuilderError(.badAttribute(text, "a type of annotation is missing before the colon"))
        }
        return try places.map { place in
            let (level, platform) = try Self.place(place, of: text, usual: usual)
            return AnnotationWish(level: level, platform: platform, key: key, value: value)
        }
    }

    private init(level: Level, platform: Platform?, key: String, value: String) {
        self.level = level
        self.platform = platform
        self.key = key
        self.value = value
    }

    /// Reads an attribute of an output: `annotation[-level][[platform]].key` and its value.
    init(_ attribute: (key: String, value: String)) throws {
        let rest = attribute.key.dropFirst("annotation".count)
        guard let dot = Self.end(ofPlace: rest) else {
            throw BuilderError(.badAttribute(attribute.key, "an annotation has a name: annotation.key=value"))
        }
        let place = rest[..<dot].drop { $0 == "-" }
        (level, platform) = try Self.place(place.first == "[" ? "manifest" + place : place, of: attribute.key)
        key = String(rest[rest.index(after: dot)...])
        value = attribute.value
    }

    /// The dot after the place: one in the brackets around a platform does not count.
    private static func end(ofPlace text: Substring) -> Substring.Index? {
        guard let dot = text.firstIndex(of: ".") else { return nil }
        guard let bracket = text.firstIndex(of: "["), bracket < dot else { return dot }
        return text.firstIndex(of: "]").flatMap { text[$0...].firstIndex(of: ".") }
    }

    private static func place(
        _ text: some StringProtocol,
        of whole: String,
        usual: Level = .manifest
    ) throws -> (Level, Platform?) {
        let name = String(text.prefix { $0 != "[" })
        guard let level = name.isEmpty ? usual : Level(rawValue: name) else {
            throw BuilderError(.badAttribute(whole, "unknown annotation type \"\(name)\""))
        }
        let rest = text.dropFirst(name.count)
        guard !rest.isEmpty else { return (level, nil) }
        guard rest.first == "[", rest.last == "]" else {
            throw BuilderError(.badAttribute(whole, "a platform stands in brackets"))
        }
        return (level, try Platform(parsing: String(rest.dropFirst().dropLast())))
    }
}

extension [AnnotationWish] {
    /// What a document for a platform gets.
    public func values(_ level: AnnotationWish.Level, for platform: Platform? = nil) -> [String: String] {
        var values: [String: String] = [:]
        for wish in self where wish.level == level {
            if let wanted = wish.platform, wanted.normalized != platform?.normalized { continue }
            values[wish.key] = wish.value
        }
        return values
    }
}
