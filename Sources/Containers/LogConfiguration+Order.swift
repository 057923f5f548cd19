import Supervision

extension ContainerConfiguration {
    /// What the monitor is told about the log.
    ///
    /// - Throws: ``ContainerError/unsupported(name:what:)`` for a driver or an option that is none.
    func logOrder(path: String) throws(ContainerError) -> LogOrder {
        guard let driver = LogOrder.Driver(rawValue: log.driver) else {
            throw .unsupported(name: name, what: "unknown log driver \"\(log.driver)\"")
        }
        try checkLogOptions()
        let isLocal = driver == .local
        var order = LogOrder(
            driver: driver,
            path: path,
            maximumSize: try logOption("max-size", Self.bytes).map { $0.limit } ?? (isLocal ? 20 << 20 : nil),
            maximumFiles: try logOption("max-file", Self.count) ?? (isLocal ? 5 : 1)
        )
        order.isCompressed = try logOption("compress", Self.truth) ?? isLocal
        guard !order.isCompressed || isLocal || order.maximumFiles > 1 && order.maximumSize != nil else {
            let what = "compress cannot be true when max-file is less than 2 or max-size is not set"
            throw .unsupported(name: name, what: what)
        }
        guard log.options["max-file"] == nil || order.maximumSize != nil || order.maximumFiles == 1 else {
            throw .unsupported(name: name, what: "max-file has no effect without max-size")
        }
        order.attributes = try logAttributes()
        if log.options["mode"] == "non-blocking" {
            order.bufferSize = try logOption("max-buffer-size", Self.bytes).map { $0.limit ?? .max } ?? 1_000_000
        }
        return order
    }

    /// What each driver takes.
    private static let logOptions: [String: Set<String>] = [
        "json-file": [
            "compress", "env", "env-regex", "labels", "labels-regex", "max-buffer-size", "max-file", "max-size", "mode",
            "tag",
        ],
        "local": ["compress", "max-buffer-size", "max-file", "max-size", "mode"],
        "none": [],
    ]

    private func checkLogOptions() throws(ContainerError) {
        let known = Self.logOptions[log.driver] ?? []
        if let option = log.options.keys.sorted().first(where: { !known.contains($0) }) {
            throw .unsupported(name: name, what: "unknown log opt '\(option)' for \(log.driver) log driver")
        }
        let mode = log.options["mode"] ?? "blocking"
        guard ["blocking", "non-blocking"].contains(mode) else {
            throw .unsupported(name: name, what: "logging mode not supported: \(mode)")
        }
        guard log.options["max-buffer-size"] == nil || mode == "non-blocking" else {
            let what = "max-buffer-size option is only supported with 'mode=non-blocking'"
            throw .unsupported(name: name, what: what)
        }
    }

    private func logOption<Value>(_ option: String, _ read: (String) -> Value?) throws(ContainerError) -> Value? {
        guard let text = log.options[option] else { return nil }
        guard let value = read(text) else {
            throw .unsupported(name: name, what: "invalid value for log opt \(option): \"\(text)\"")
        }
        return value
    }

    // MARK: Attributes

    /// What is said with each line: labels, variables and a tag that the options name.
    ///
    /// - Throws: ``ContainerError/unsupported(name:what:)`` for an expression that is none.
    public func logAttributes() throws(ContainerError) -> [String: String] {
        var attributes: [String: String] = [:]
        for (name, value) in labels where try isNamed(name, by: "labels") { attributes[name] = value }
        for variable in process.environment {
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, try isNamed(parts[0], by: "env") else { continue }
            attributes[parts[0]] = parts[1]
        }
        if let tag = log.options["tag"] { attributes["tag"] = expanded(tag) }
        return attributes
    }

    private func isNamed(_ key: String, by option: String) throws(ContainerError) -> Bool {
        if log.options[option]?.split(separator: ",").contains(Substring(key)) == true { return true }
        guard let pattern = log.options["\(option)-regex"], !pattern.isEmpty else { return false }
        guard let expression = try? Regex(pattern) else {
            throw .unsupported(name: name, what: "invalid value for log opt \(option)-regex: \"\(pattern)\"")
        }
        return key.contains(expression)
    }

    /// A tag with what Docker's templates for tags name.
    private func expanded(_ tag: String) -> String {
        let fields = [
            "{{.ID}}": String(id.prefix(12)), "{{.FullID}}": id, "{{.Name}}": name, "{{.ImageName}}": image,
            "{{.ImageID}}": String(imageID.drop { $0 != ":" }.dropFirst().prefix(12)), "{{.ImageFullID}}": imageID,
        ]
        var text = ""
        var rest = tag[...]
        while let first = rest.first {
            if let (field, value) = fields.first(where: { rest.hasPrefix($0.key) }) {
                text += value
                rest.removeFirst(field.count)
            } else {
                text.append(first)
                rest.removeFirst()
            }
        }
        return text
    }

    // MARK: Values

    private static func truth(_ text: String) -> Bool? { ["true": true, "false": false][text.lowercased()] }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

    /// A bound in bytes, or none.
    private struct Bound { var limit: Int? }

    /// `10m`, `1g`, `512k` or a plain number; -1 is without limit.
    private static func bytes(_ text: String) -> Bound? {
        if text == "-1" { return Bound() }
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits), number > 0 else { return nil }
        let shifts: [String: Int] = ["": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30]
        guard let shift = shifts[text.dropFirst(digits.count).lowercased()], number < 1 << 32 else { return nil }
        return Bound(limit: number << shift)
    }
}
