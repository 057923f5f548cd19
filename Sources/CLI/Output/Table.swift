/// Rows in columns, padded with spaces the way Docker's tables are.
struct Table {
    /// How wide a column is at least, its padding included.
    var minimumWidth = 10
    /// Spaces after the widest cell of a column.
    var padding = 3
    private(set) var rows: [[String]] = []

    init(_ header: [String] = [], minimumWidth: Int = 10, padding: Int = 3) {
        self.minimumWidth = minimumWidth
        self.padding = padding
        if !header.isEmpty { rows.append(header) }
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map(\.printable))
    }

    /// The table, a line a row.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(minimumWidth) }
                widths[column] = max(widths[column], cell.count + padding)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell.padded(to: widths[column])
            }.joined() + "\n"
        }.joined()
    }
}
