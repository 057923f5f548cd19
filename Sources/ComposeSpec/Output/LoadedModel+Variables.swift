import YAML

/// A variable that the files of a project use.
public struct VariableUse: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Whether it must have a value.
    public var isRequired: Bool
    /// What stands for it when it has none.
    public var defaultValue: String
    /// What stands for it when it has one.
    public var alternateValue: String
}

extension LoadedModel {
    /// The variables that are used, by name; only a model that was loaded without replacing them has any.
    public func variables() throws(LoadError) -> [VariableUse] {
        var uses: [String: VariableUse] = [:]
        try collect(from: model, into: &uses)
        return uses.values.sorted { $0.name < $1.name }
    }

    private func collect(from node: Node, into uses: inout [String: VariableUse]) throws(LoadError) {
        switch node.value {
        case .string(let text):
            for use in try template(text, at: node.mark).uses where uses[use.name] == nil {
                uses[use.name] = VariableUse(
                    name: use.name,
                    isRequired: use.isRequired,
                    defaultValue: use.defaultValue,
                    alternateValue: use.presentValue
                )
            }
        case .sequence(let items): for item in items { try collect(from: item, into: &uses) }
        case .mapping(let mapping): for entry in mapping.entries { try collect(from: entry.value, into: &uses) }
        default: break
        }
    }

    private func template(_ text: String, at mark: Mark) throws(LoadError) -> Template {
        do throws(Template.Failure) {
            return try Template(text)
        } catch {
            throw LoadError(.interpolation(text), at: mark)
        }
    }
}
