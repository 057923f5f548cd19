extension String {
    /// The text with control characters spelled out, so that a name or a message from elsewhere cannot move the cursor,
    /// change the terminal's title, or pretend to be another line.
    var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isControl { text += scalar.escape } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// The same for a text of several lines, which stay lines.
    var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }

    /// The text in double quotes as Go's `%q` has it.
    var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            default: if scalar.isControl { text += scalar.escape } else { text.unicodeScalars.append(scalar) }
            }
        }
        return text + "\""
    }

    /// The first so many characters, the last of which is `…` if something is left out.
    func ellipsis(_ width: Int) -> String {
        guard count > width else { return self }
        return width < 1 ? "" : prefix(width - 1) + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7f..<0xa0).contains(value) }

    fileprivate var escape: String {
        switch value {
        case 0x07: return "\\a"
        case 0x08: return "\\b"
        case 0x09: return "\\t"
        case 0x0a: return "\\n"
        case 0x0d: return "\\r"
        default:
            let digits = String(value, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
    }
}
