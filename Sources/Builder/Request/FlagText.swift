extension Bool {
    /// What a text says that is true or false, in the words that Go reads; nil for any other.
    init?(flag text: String) {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": self = true
        case "0", "f", "F", "false", "FALSE", "False": self = false
        default: return nil
        }
    }
}
