extension Node {
    /// A scalar as text, numbers in their shortest form; nil for a collection. Null is empty.
    public var scalarText: String? {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        case .float(let number): Self.text(of: number)
        case .timestamp(let text), .string(let text): text
        case .sequence, .mapping: nil
        }
    }

    /// A point in time as RFC 3339 spells it, which is how documents are written; nil for anything else.
    public var internetTime: String? {
        guard case .timestamp(let text) = value else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count >= 3 else { return text }
        let zone = parts[2] == "+0000" ? "Z" : "\(parts[2].dropLast(2)):\(parts[2].suffix(2))"
        return "\(parts[0])T\(parts[1])\(zone)"
    }

    /// The shortest digits that read back as the number, with an exponent below 1e-4 and from 1e6 on, as Go's `%v`
    /// writes it, because that is the text a container's variable gets; integral ones have no point.
    static func text(of number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf" }
        let (sign, digits, exponent) = decimal(number)
        guard exponent >= -4, exponent < 6 else { return sign + scientific(digits, exponent) }
        return sign + positional(digits, exponent)
    }

    /// The sign, the significant digits, and the power of ten of the first.
    private static func decimal(_ number: Double) -> (sign: String, digits: String, exponent: Int) {
        let description = number.magnitude.description.lowercased()
        let parts = description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        var digits = String(mantissa[0]) + fraction
        var exponent = mantissa[0].count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        return (number.sign == .minus ? "-" : "", digits, digits == "0" ? 0 : exponent)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        let power = String(exponent.magnitude)
        return digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" : "") + power
    }

    private static func positional(_ digits: String, _ exponent: Int) -> String {
        guard exponent >= 0 else { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        guard digits.count > exponent + 1 else {
            return digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}
