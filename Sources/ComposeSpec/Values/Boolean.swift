/// Booleans as Compose reads them from strings.
enum Boolean {
    /// The value, and whether the spelling is an old one; nil for something else.
    static func value(_ text: String) -> (value: Bool, isOld: Bool)? {
        switch text.lowercased() {
        case "true": (true, false)
        case "false": (false, false)
        case "y", "yes", "on": (true, true)
        case "n", "no", "off": (false, true)
        default: nil
        }
    }
}
