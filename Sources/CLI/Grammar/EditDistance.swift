/// How many letters have to be put in, left out or changed to make one word of another.
enum EditDistance {
    static func between(_ first: String, _ second: String) -> Int {
        let target = Array(second.utf8)
        var row = Array(0...target.count)
        for (place, byte) in first.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for column in target.indices {
                let substitution = diagonal + (byte == target[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
