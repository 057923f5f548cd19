import JSON
import YAML

extension Node {
    /// The node as JSON, keys in their order.
    var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(Int64(number))
        case .unsigned(let number): .unsigned(number)
        case .float(let number):
            Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .timestamp: .string(internetTime ?? "")
        case .string(let text): .string(text)
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let mapping): .object(mapping.entries.map { .init($0.key.text, $0.value.json) })
        }
    }
}
