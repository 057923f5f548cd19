import Linux

extension ContainerFlag {
    /// What `--add-host` says, as `NAME:ADDRESS`.
    ///
    /// - Throws: ``UsageError`` for what is no name with an address.
    static func hosts(_ texts: [String]) throws(UsageError) -> [String] {
        try texts.map { text throws(UsageError) in
            guard let sign = text.firstIndex(where: { $0 == ":" || $0 == "=" }), sign > text.startIndex else {
                throw refusal(text, "bad format for add-host: \(text.quoted)")
            }
            let address = String(text[text.index(after: sign)...])
            let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
            let plain = isBracketed ? String(address.dropFirst().dropLast()) : address
            guard plain == "host-gateway" || IPAddress(plain) != nil else {
                throw refusal(text, "invalid IP address in add-host: \(address.quoted)")
            }
            return "\(text[..<sign]):\(address)"
        }
    }

    private static func refusal(_ text: String, _ reason: String) -> UsageError {
        .invalidValue(text: text, flag: "--add-host", reason: reason)
    }
}
