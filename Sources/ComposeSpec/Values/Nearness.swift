/// Finds what someone may have meant.
enum Nearness {
    /// The candidate with the fewest edits, if there are few enough for a slip.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, min(3, word.utf8.count / 3))
        return candidates.sorted().map { ($0, distance(word, $0, limit: limit)) }
            .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
    private static func distance(_ one: String, _ other: String, limit: Int) -> Int {
        let a = Array(one.utf8)
        let b = Array(other.utf8)
        guard abs(a.count - b.count) <= limit else { return limit + 1 }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
