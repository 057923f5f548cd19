/// What one wants to do with a repository. The distribution project's token specification
struct RegistryScope: Hashable {
    let repository: String
    /// `pull`, `push`; more are known.
    let actions: [String]

    static func pull(_ repository: String) -> RegistryScope {
        RegistryScope(repository: repository, actions: ["pull"])
    }

    static func push(_ repository: String) -> RegistryScope {
        RegistryScope(repository: repository, actions: ["pull", "push"])
    }

    var text: String { "repository:\(repository):\(actions.joined(separator: ","))" }
}
