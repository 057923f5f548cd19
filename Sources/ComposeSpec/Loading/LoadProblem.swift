public import SystemPackage
public import YAML

/// What can be wrong with a project.
public enum LoadProblem: Hashable, Sendable {
    // Files
    /// Neither a file was named nor one found.
    case noFile
    /// The file cannot be read.
    case unreadable(String, Errno)
    /// Another file names a pipe.
    case notAFile(String)
    /// The text is no YAML.
    case yaml(YAMLError.Problem)
    /// The file says nothing.
    case emptyFile
    /// A file of variables breaks its grammar.
    case environmentFile(String)
    /// A file includes itself.
    case includeCycle([String])
    /// A file that cannot be fetched.
    case remoteFile(String, why: String)

    // Variables
    /// A `${…}` that is none.
    case interpolation(String)
    /// A variable that must have a value has none; what the author says about it.
    case requiredVariable(String, String)

    // Shape
    /// Something else than what may stand here.
    case wrongType(expected: String, found: String)
    /// A key that means nothing here, and the known one that is most like it.
    case unknownKey(String, nearest: String?)
    /// A key that is no string.
    case keyIsNoString(String)
    /// A name with characters that names do not have.
    case badName(String)
    /// A key that must be there.
    case missingKey(String)
    /// One of a few words was expected.
    case notOneOf(String, [String])
    /// A number beyond its bounds.
    case outOfRange(String)
    /// Two equal items where each may appear once.
    case equalItems(Int, Int)
    /// Two values that cannot be merged.
    case cannotOverride

    // Values
    /// A text that is not what the attribute takes.
    case malformed(String, expected: String)

    // Meaning
    /// Two attributes exclude each other.
    case exclusive(String, String)
    /// Two attributes say different things.
    case conflicting(String, String)
    /// An attribute that has no meaning without another one.
    case needs(String)
    /// A build from a service that is not built itself.
    case notBuilt(service: String)
    /// The image is not built for the platform that the service runs on.
    case lacksPlatform(String)
    /// Neither image nor build.
    case noImage(service: String)
    /// Something is used that nothing declares.
    case undefined(kind: String, name: String, nearest: String?)
    /// A needed service is disabled.
    case disabled(service: String, profiles: [String])
    /// Services wait for each other.
    case dependencyCycle([String])
    /// A service extends itself.
    case extendsCycle([String])
    /// The extended service is not there.
    case extendsUnknown(service: String, file: String?, nearest: String?)
    /// Two services want the same container name.
    case containerNameTaken(String, by: String)
    /// A fixed name, and more than one container.
    case containerNameOfReplicas(String)
    /// Two mounts at one place.
    case duplicateTarget(String)
    /// An external object with attributes that only its creator decides.
    case externalWith(String)
    /// Exactly one of these must be there.
    case needsOneOf([String])
    /// A name that no project can have.
    case badProjectName(String)
    /// No name for the project could be made.
    case emptyProjectName
    /// No such service, and the known one that is most like it.
    case noSuchService(String, nearest: String?)
}

extension LoadProblem: CustomStringConvertible {
    /// The problem in words.
    public var description: String { fileWords ?? shapeWords ?? meaningWords }

    private var fileWords: String? {
        switch self {
        case .noFile: "no configuration file provided: not found"
        case .unreadable(let file, let errno): "open \(file): \(errno.description.lowercasedFirst)"
        case .notAFile(let file): "open \(file): not a regular file"
        case .yaml(let problem): problem.description
        case .emptyFile: "empty compose file"
        case .environmentFile(let text): text
        case .includeCycle(let files): "include cycle detected: \(files.joined(separator: " -> "))"
        case .remoteFile(let name, let why): "cannot fetch \(name): \(why)"
        case .interpolation(let text):
            "invalid interpolation format: \"\(text)\": you may need to escape any $ with another $"
        case .requiredVariable(let name, let word):
            "required variable \(name) is missing a value" + (word.isEmpty ? "" : ": \(word)")
        default: nil
        }
    }

    private var shapeWords: String? {
        switch self {
        case .wrongType(let expected, let found): "must be \(expected), not \(found)"
        case .unknownKey(let key, let nearest):
            "additional property \"\(key)\" is not allowed" + Self.suggestion(nearest)
        case .keyIsNoString(let key): "non-string key \(key)"
        case .badName(let name): "\"\(name)\" is not a name: only letters, digits, \".\", \"_\" and \"-\" may be used"
        case .missingKey(let key): "missing property \"\(key)\""
        case .notOneOf(let text, let choices):
            "\"\(text)\" is not one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .outOfRange(let bound): "must be \(bound)"
        case .equalItems(let one, let other): "items at \(one) and \(other) are equal"
        case .cannotOverride: "cannot override what another file says with something of another kind"
        case .malformed(let text, let expected): "\"\(text)\" is not \(expected)"
        default: nil
        }
    }

    private var meaningWords: String {
        switch self {
        case .exclusive(let one, let other): "`\(one)` and `\(other)` are mutually exclusive"
        case .conflicting(let one, let other): "can't set distinct values on `\(one)` and `\(other)`"
        case .needs(let key): "has no meaning without `\(key)`"
        case .notBuilt(let service): "service \"\(service)\" has no build section"
        case .lacksPlatform(let platform): "must include the service's platform \"\(platform)\""
        case .noImage(let service): "service \"\(service)\" has neither an image nor a build context specified"
        case .undefined(let kind, let name, let nearest): "undefined \(kind) \"\(name)\"" + Self.suggestion(nearest)
        case .disabled(let service, let profiles):
            "service \"\(service)\" is required but is disabled: it can be enabled by profiles \(profiles)"
        case .dependencyCycle(let names): "dependency cycle detected: \(names.joined(separator: " -> "))"
        case .extendsCycle(let names): "circular reference in extends: \(names.joined(separator: " -> "))"
        case .extendsUnknown(let service, let file, let nearest):
            "cannot extend service \"\(service)\": not found" + (file.map { " in \($0)" } ?? "")
                + Self.suggestion(nearest)
        case .containerNameTaken(let name, let other):
            "container name \"\(name)\" is already in use by service \"\(other)\""
        case .containerNameOfReplicas(let name):
            "can't scale a service with the fixed container name \"\(name)\": container names must be unique"
        case .duplicateTarget(let target): "more than one mount at \"\(target)\""
        case .externalWith(let key): "conflicting parameters \"external\" and \"\(key)\" specified"
        case .needsOneOf(let keys): "exactly one of \(keys.joined(separator: "|")) must be set"
        case .badProjectName(let name):
            "invalid project name \"\(name)\": must consist only of lowercase alphanumeric characters, hyphens, and "
                + "underscores as well as start with a letter or number"
        case .emptyProjectName: "project name must not be empty"
        case .noSuchService(let name, let nearest): "no such service: \(name)" + Self.suggestion(nearest)
        default: "invalid"
        }
    }

    /// Why a text with variables in it has no value.
    init(_ failure: Template.Failure) {
        self =
            switch failure {
            case .malformed(let text): .interpolation(text)
            case .missing(let name, let word): .requiredVariable(name, word)
            }
    }

    private static func suggestion(_ name: String?) -> String { name.map { ", did you mean \"\($0)\"?" } ?? "" }
}

extension String {
    /// Only the first letter made small, as within a sentence.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
