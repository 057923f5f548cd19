/// What `--call` asks to be told instead of a build.
struct BuildCall {
    enum Method: String {
        case check, outline, targets
    }

    let method: Method
    /// Whether it is told as JSON.
    let isJSON: Bool
    /// Whether findings leave the exit code alone.
    let ignoresStatus: Bool

    static let flag = Flag<String>.text("--call", "What to do: build, check, outline, targets", default: "build")
    static let checkFlag = Flag.toggle("--check", "Look for mistakes, and build nothing")
    static let flags: [any FlagDeclaration] = [flag, checkFlag]

    /// Checks, told as text.
    static let check = BuildCall(method: .check, isJSON: false, ignoresStatus: false)

    private init(method: Method, isJSON: Bool, ignoresStatus: Bool) {
        self.method = method
        self.isJSON = isJSON
        self.ignoresStatus = ignoresStatus
    }

    /// Reads `check[,format=json][,ignorestatus=true]`; nil is a build.
    init?(_ arguments: Arguments) throws(UsageError) {
        guard !arguments[Self.checkFlag] else {
            self = .check
            return
        }
        let fields = arguments[Self.flag].split(separator: ",").map(String.init)
        var isJSON = false
        var ignoresStatus = false
        var name = ""
        for field in fields {
            switch field.split(separator: "=", maxSplits: 1).map(String.init) {
            case ["format", "json"]: isJSON = true
            case ["format", "text"]: isJSON = false
            case ["ignorestatus", "true"], ["ignorestatus", "1"]: ignoresStatus = true
            case ["ignorestatus", "false"], ["ignorestatus", "0"]: ignoresStatus = false
            case let words where words.count == 1 && name.isEmpty: name = words[0]
            default: throw .conflict("invalid value \(field.quoted) of --call")
            }
        }
        guard name != "build" else { return nil }
        guard let method = Method(rawValue: name == "lint" ? "check" : name) else {
            throw .conflict("unsupported call \(name.quoted): must be build, check, outline or targets")
        }
        self.init(method: method, isJSON: isJSON, ignoresStatus: ignoresStatus)
    }
}
