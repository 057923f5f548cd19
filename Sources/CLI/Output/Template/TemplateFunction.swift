import JSON

/// The functions of the template language, by name. Nil stands for arguments that do not fit.
enum TemplateFunction {
    typealias Function = @Sendable ([JSONValue]) -> JSONValue?

    static let named: [String: Function] = [
        "json": { $0.first.map { .string(String(decoding: $0.bytes(), as: UTF8.self)) } },
        "upper": { $0.first.map { .string($0.templateText.uppercased()) } },
        "lower": { $0.first.map { .string($0.templateText.lowercased()) } },
        "title": { $0.first.map { .string(title($0.templateText)) } },
        "len": { $0.first.map { .integer(length($0)) } },
        "print": { .string($0.map(\.templateText).joined()) },
        "println": { .string($0.map(\.templateText).joined(separator: " ") + "\n") },
        "printf": format,
        "join": join,
        "split": split,
        "truncate": truncate,
        "pad": pad,
        "index": index,
        "slice": slice,
        "not": { $0.first.map { .bool(!$0.isTrue) } },
        "and": { values in values.first { !$0.isTrue } ?? values.last },
        "or": { values in values.first { $0.isTrue } ?? values.last },
        "eq": { values in values.first.map { first in .bool(values.dropFirst().contains(first)) } },
        "ne": { $0.count == 2 ? .bool($0[0] != $0[1]) : nil },
        "lt": { compare($0) { $0 < 0 } },
        "le": { compare($0) { $0 <= 0 } },
        "gt": { compare($0) { $0 > 0 } },
        "ge": { compare($0) { $0 >= 0 } },
    ]

    private static func title(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    private static func length(_ value: JSONValue) -> Int64 {
        if case .string(let text) = value { return Int64(text.utf8.count) }
        return Int64(value.elements.count)
    }

    @Sendable private static func join(_ values: [JSONValue]) -> JSONValue? {
        guard values.count == 2 else { return nil }
        return .string(values[0].elements.map(\.templateText).joined(separator: values[1].templateText))
    }

    @Sendable private static func split(_ values: [JSONValue]) -> JSONValue? {
        guard values.count == 2, let separator = values[1].templateText.first, values[1].templateText.count == 1 else {
            return nil
        }
        let parts = values[0].templateText.split(separator: separator, omittingEmptySubsequences: false)
        return .array(parts.map { .string(String($0)) })
    }

    @Sendable private static func truncate(_ values: [JSONValue]) -> JSONValue? {
        guard values.count == 2, case .integer(let count) = values[1] else { return nil }
        return .string(String(values[0].templateText.prefix(Int(clamping: max(count, 0)))))
    }

    @Sendable private static func pad(_ values: [JSONValue]) -> JSONValue? {
        guard values.count == 3, case .integer(let before) = values[1], case .integer(let after) = values[2],
            (0...4096).contains(before), (0...4096).contains(after), !values[0].templateText.isEmpty
        else { return values.first?.templateText.isEmpty == true ? "" : nil }
        let spaces = { (count: Int64) in String(repeating: " ", count: Int(count)) }
        return .string(spaces(before) + values[0].templateText + spaces(after))
    }

    @Sendable private static func index(_ values: [JSONValue]) -> JSONValue? {
        guard var value = values.first else { return nil }
        for key in values.dropFirst() {
            switch (value, key) {
            case (.array(let elements), .integer(let place)):
                guard elements.indices.contains(Int(clamping: place)) else { return nil }
                value = elements[Int(place)]
            case (.object, .string(let name)): value = value[name] ?? ""
            default: return nil
            }
        }
        return value
    }

    @Sendable private static func slice(_ values: [JSONValue]) -> JSONValue? {
        guard let first = values.first, values.count <= 3 else { return nil }
        let bounds = values.dropFirst().compactMap { value -> Int? in
            guard case .integer(let number) = value else { return nil }
            return Int(clamping: number)
        }
        let text = Array(first.templateText)
        let (lower, upper) = (bounds.first ?? 0, bounds.count > 1 ? bounds[1] : text.count)
        guard bounds.count == values.count - 1, 0 <= lower, lower <= upper, upper <= text.count else { return nil }
        return .string(String(text[lower..<upper]))
    }

    /// `%s`, `%v`, `%d`, `%q` and `%%`.
    @Sendable private static func format(_ values: [JSONValue]) -> JSONValue? {
        guard let pattern = values.first?.templateText else { return nil }
        var rest = values.dropFirst()
        var text = ""
        var isVerb = false
        for character in pattern {
            guard isVerb else {
                if character == "%" { isVerb = true } else { text.append(character) }
                continue
            }
            isVerb = false
            if character == "%" {
                text.append("%")
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            text += character == "q" ? value.templateText.quoted : value.templateText
        }
        return .string(text)
    }

    private static func compare(_ values: [JSONValue], _ test: (Int) -> Bool) -> JSONValue? {
        guard values.count == 2 else { return nil }
        switch (values[0], values[1]) {
        case (.integer(let left), .integer(let right)): return .bool(test(left < right ? -1 : left > right ? 1 : 0))
        case (.string(let left), .string(let right)): return .bool(test(left < right ? -1 : left > right ? 1 : 0))
        default: return nil
        }
    }
}
