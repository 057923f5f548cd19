import JSON

/// Rows of named fields, shown as a table, by a template, or as JSON: what `--format` chooses among.
struct Listing {
    /// A column: the field's name, and the words above it.
    struct Column: Sendable {
        var field: String
        var header: String

        init(_ field: String, _ header: String) {
            self.field = field
            self.header = header
        }
    }

    /// The columns of the usual table.
    var columns: [Column]
    /// What else a template may name, with its header.
    var furtherColumns: [Column] = []
    /// The rows' fields. `Label`, a lookup, is left out of JSON.
    var rows: [JSONValue] = []
    /// Whether JSON is one array; if not, it is an object a line.
    var isArray = false
    var minimumWidth = 10

    init(_ columns: [Column], further: [Column] = []) {
        self.columns = columns
        furtherColumns = further
    }

    /// - Parameter format: `table`, `table TEMPLATE`, `json`, or a template.
    func text(_ format: String) throws(TemplateError) -> String {
        switch format {
        case "", "table": return table
        case "json": return json
        default:
            guard format.hasPrefix("table ") else { return try lines(Template(parsing: format)) }
            return try table(Template(parsing: String(format.dropFirst("table ".count))))
        }
    }

    private var table: String {
        var table = Table(columns.map(\.header), minimumWidth: minimumWidth)
        for row in rows { table.add(columns.map { row[$0.field]?.templateText ?? "" }) }
        return table.text
    }

    private var json: String {
        let objects = rows.map { row -> JSONValue in
            guard case .object(let members) = row else { return row }
            return .object(members.filter { $0.name != "Label" })
        }
        let texts = isArray ? [JSONValue.array(objects)] : objects
        return texts.map { String(decoding: $0.bytes(), as: UTF8.self) + "\n" }.joined()
    }

    private func lines(_ template: Template) throws(TemplateError) -> String {
        var text = ""
        for row in rows { text += try template.render(row) + "\n" }
        return text
    }

    private func table(_ template: Template) throws(TemplateError) -> String {
        var table = Table(minimumWidth: minimumWidth)
        for row in [header] + rows {
            let cells = try template.render(row).split(separator: "\t", omittingEmptySubsequences: false)
            table.add(cells.map(String.init))
        }
        return table.text
    }

    /// The row whose fields are their own headers. A field without one is called by its name.
    private var header: JSONValue {
        var members: [JSONValue.Member] = []
        if case .object(let fields)? = rows.first {
            members = fields.map { .init($0.name, .string($0.name.uppercased())) }
        }
        members = members.filter { $0.name != "Label" }
        return .object(members + (columns + furtherColumns).map { .init($0.field, .string($0.header)) })
    }
}
