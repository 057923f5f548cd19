import YAML

/// Which services wait for which.
struct DependencyGraph {
    private let services: [(name: String, dependencies: [(name: String, place: Mark)])]
    private let positions: [String: Int]

    init(model: Node) {
        services = (model["services"]?.entries ?? []).map { entry in
            let dependencies = entry.value["depends_on"]?.entries.map { ($0.key.text, $0.key.mark) } ?? []
            return (entry.key.text, dependencies.sorted { $0.0 < $1.0 })
        }.sorted { $0.name < $1.name }
        positions = Dictionary(services.enumerated().map { ($1.name, $0) }) { one, _ in one }
    }

    /// Throws the first cycle, as it closes.
    ///
    /// The search keeps its own stack: chains of services may be long.
    func checkForCycles() throws(LoadError) {
        var isDone = [Bool](repeating: false, count: services.count)
        var isOpen = isDone
        for start in services.indices where !isDone[start] {
            var stack = [(service: start, next: 0)]
            isOpen[start] = true
            while let (service, next) = stack.last {
                guard next < services[service].dependencies.count else {
                    isOpen[service] = false
                    isDone[service] = true
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let dependency = services[service].dependencies[next]
                guard let target = positions[dependency.name], !isDone[target] else { continue }
                if isOpen[target] {
                    let cycle = stack.map(\.service).drop { $0 != target } + [target]
                    throw LoadError(
                        .dependencyCycle(cycle.map { services[$0].name }),
                        path: "services.\(services[service].name).depends_on",
                        at: dependency.place
                    )
                }
                isOpen[target] = true
                stack.append((target, 0))
            }
        }
    }

    /// The named services and all that they need, however far away.
    func closure(of names: [String]) -> Set<String> {
        var reached: Set<String> = []
        var open = names
        while let name = open.popLast() {
            guard reached.insert(name).inserted, let position = positions[name] else { continue }
            open += services[position].dependencies.map(\.name)
        }
        return reached
    }
}
