/// The arguments that a stage asks for, those of its FROM and what they are made of among them.
struct OutlinedStage {
    private var known: [String: BuildOutline.Argument] = [:]
    /// Which arguments the default of a global one looks up.
    private var parts: [String: Set<String>] = [:]
    private var used: Set<String> = []

    init(_ document: DockerfileDocument, _ stage: Stage, _ variables: GlobalVariables) {
        for located in document.globalArguments { addGlobal(located, variables) }
        for text in [stage.from.image, stage.from.platform].compactMap(\.self) {
            used.formUnion((try? variables.expander.lookups(in: text).found) ?? [])
        }
        let escape = document.directives.escape
        var own = StageVariables(variables, environment: [], escape: escape)
        for located in stage.instructions {
            guard case .arg(let declarations) = located.instruction else { continue }
            for declaration in declarations { add(declaration, located, variables, &own) }
        }
    }

    private mutating func addGlobal(_ located: LocatedInstruction, _ variables: GlobalVariables) {
        guard case .arg(let declarations) = located.instruction else { return }
        for declaration in declarations {
            let lookups = declaration.value.flatMap { try? variables.expander.lookups(in: $0) }
            parts[declaration.name] = lookups?.found
            note(declaration.name, variables.declared[declaration.name], located)
        }
    }

    private mutating func add(
        _ declaration: ArgumentDeclaration,
        _ located: LocatedInstruction,
        _ global: GlobalVariables,
        _ own: inout StageVariables
    ) {
        let value = (try? own.declare([declaration]))?.first?.value
        used.insert(declaration.name)
        // One that takes the global value is the global one.
        let isGlobal = declaration.value == nil && !own.isGiven(declaration.name)
        guard !isGlobal || global.value(of: declaration.name) == nil else { return }
        note(declaration.name, value, located)
    }

    private mutating func note(_ name: String, _ value: String?, _ located: LocatedInstruction) {
        known[name] = BuildOutline.Argument(
            name: name,
            description: located.comments.text(about: name),
            value: value ?? "",
            range: located.range
        )
    }

    /// In no order.
    var arguments: [BuildOutline.Argument] {
        var all = used
        var waiting = Array(used)
        while let name = waiting.popLast() {
            for part in parts[name] ?? [] where all.insert(part).inserted { waiting.append(part) }
        }
        return all.compactMap { known[$0] }
    }
}
