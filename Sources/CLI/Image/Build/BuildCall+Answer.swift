import Builder
import Dockerfile
import JSON
import Storage

extension BuildCall {
    /// Prints what is asked about a build.
    ///
    /// - Returns: 1 where checks found something, 0 otherwise.
    func answer(_ request: BuildRequest, _ builder: Builder) throws -> Int32 {
        try builder.arriving(request) { try answer(here: $0, builder) }
    }

    private func answer(here request: BuildRequest, _ builder: Builder) throws -> Int32 {
        switch method {
        case .check: return try check(request, builder)
        case .outline:
            let (outline, document) = try Builder.outline(of: request)
            try print(isJSON ? Self.json(BuildCallDocument.outline(outline, of: document)) : outline.text)
        case .targets:
            let document = try Builder.targets(of: request)
            try print(isJSON ? Self.json(BuildCallDocument.targets(of: document)) : document.targetsText)
        }
        return 0
    }

    private func check(_ request: BuildRequest, _ builder: Builder) throws -> Int32 {
        do {
            let checks = try builder.check(request)
            try print(isJSON ? Self.json(BuildCallDocument.checks(checks)) : checks.text)
            return checks.findings.isEmpty || ignoresStatus ? 0 : 1
        } catch let error as DockerfileError where isJSON {
            try print(Self.json(BuildCallDocument.failure(error)))
            return 1
        }
    }

    private func print(_ text: String) throws { try Console.print(text) }

    private static func json(_ value: JSONValue) -> String {
        String(decoding: value.bytes(indentation: 2), as: UTF8.self) + "\n"
    }
}

extension BuildChecks {
    /// A count, and below it each finding with the lines that it is about.
    var text: String {
        guard !findings.isEmpty else { return "Check complete, no warnings found.\n" }
        let count =
            findings.count == 1 ? "1 warning has been found!" : "\(findings.count) warnings have been found!"
        let notices = findings.map { finding in
            let head = (["WARNING: \(finding.rule.rawValue)"] + [finding.rule.url].compactMap(\.self))
                .joined(separator: " - ")
            let place = CheckNotice(finding: finding, document: document).place
            return "\n\(head)\n\(finding.detail.printable)\n\(place)\n"
        }
        return "Check complete, \(count)\n" + notices.joined()
    }
}

extension BuildOutline {
    /// The target, and tables of what it can be told.
    fileprivate var text: String {
        var blocks: [String] = []
        if name != nil || description != nil {
            var head = Table(minimumWidth: 0, padding: 1)
            head.add(["TARGET:", name ?? "(default)"])
            if let description { head.add(["DESCRIPTION:", description]) }
            blocks.append(head.text)
        }
        if !arguments.isEmpty {
            var table = Table(["BUILD ARG", "VALUE", "DESCRIPTION"], minimumWidth: 0)
            for argument in arguments { table.add([argument.name, argument.value, argument.description ?? ""]) }
            blocks.append(table.text)
        }
        for (title, keys) in [("SECRET", secrets), ("SSH", agents)] where !keys.isEmpty {
            var table = Table([title, "REQUIRED"], minimumWidth: 0)
            for key in keys { table.add([key.id, key.isRequired ? "true" : ""]) }
            blocks.append(table.text)
        }
        return blocks.map { $0 + "\n" }.joined()
    }
}

extension DockerfileDocument {
    /// A table of the stages, the last of which is built where none is asked for.
    fileprivate var targetsText: String {
        var table = Table(["TARGET", "DESCRIPTION"], minimumWidth: 0)
        for stage in stages {
            let mark = stage.index == stages.count - 1 ? "(default)" : nil
            let name = [stage.from.name, mark].compactMap(\.self).joined(separator: " ")
            table.add([name, stage.from.description ?? ""])
        }
        return table.text
    }
}
