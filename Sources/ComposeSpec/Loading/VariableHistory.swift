public import YAML

/// Where a variable has its value from.
public enum VariableOrigin: Hashable, Sendable {
    /// The environment of whoever called.
    case process
    /// A file of variables.
    case file(Mark)
    /// The name of the project, which every file may use.
    case projectName
}

/// A value that a variable was given.
public struct VariableAssignment: Hashable, Sendable {
    /// The variable.
    public var name: String
    /// The value.
    public var value: String
    /// Where it is from.
    public var origin: VariableOrigin
}

/// All that was said about the variables of a project, so that it can be told who won.
struct VariableHistory {
    private var process: [String: String]
    /// What files say: the file that wins comes first, and within a file the last line wins.
    private var files: [[VariableAssignment]] = []
    private var projectName: String?

    init(process: [String: String]) {
        self.process = process
    }

    /// A file that wins over the earlier ones.
    mutating func add(winning file: [VariableAssignment]) { files.insert(file, at: 0) }

    /// A file that earlier ones win over.
    mutating func add(losing file: [VariableAssignment]) { files.append(file) }

    mutating func setProjectName(_ name: String) { projectName = name }

    /// Where the value that counts is written; nil when no file says it.
    func place(of name: String) -> Mark? {
        guard case .file(let place)? = assignments(of: name).first?.origin else { return nil }
        return place
    }

    /// What was said about a variable, the value that counts first.
    func assignments(of name: String) -> [VariableAssignment] {
        var all: [VariableAssignment] = []
        if name == "COMPOSE_PROJECT_NAME", let projectName {
            all.append(VariableAssignment(name: name, value: projectName, origin: .projectName))
        }
        if let value = process[name] { all.append(VariableAssignment(name: name, value: value, origin: .process)) }
        for file in files { all += file.reversed().filter { $0.name == name } }
        return all
    }
}
