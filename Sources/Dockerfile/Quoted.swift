/// In double quotes, with what does not print escaped, as Go's `%q` has it.
public func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case "\u{0}"..<" ", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            result += digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
