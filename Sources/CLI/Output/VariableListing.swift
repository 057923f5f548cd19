import ComposeSpec
import JSON

/// The variables that Compose files use, as `config --variables` prints them.
struct VariableListing {
    let uses: [VariableUse]

    /// - Parameter format: `table`, `json` or `yaml`.
    func text(format: String?) throws -> String {
        switch format {
        case "json": return String(decoding: json.bytes(indentation: 4), as: UTF8.self) + "\n"
        case "yaml": return uses.map(Self.yaml).joined()
        case nil, "table", "pretty": return table
        default: throw UsageError.conflict("format value \((format ?? "").quoted) could not be parsed")
        }
    }

    private var table: String {
        var table = Table(["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"], minimumWidth: 20)
        for use in uses { table.add([use.name, String(use.isRequired), use.defaultValue, use.alternateValue]) }
        return table.text
    }

    private var json: JSONValue {
        .object(
            uses.map { use in
                JSONValue.Member(
                    use.name,
                    [
                        "Name": .string(use.name), "DefaultValue": .string(use.defaultValue),
                        "PresenceValue": .string(use.alternateValue), "Required": .bool(use.isRequired),
                    ]
                )
            }
        )
    }

    private static func yaml(_ use: VariableUse) -> String {
        """
        \(use.name):
          name: \(use.name)
          defaultvalue: \(use.defaultValue.quoted)
          presencevalue: \(use.alternateValue.quoted)
          required: \(use.isRequired)

        """
    }
}
