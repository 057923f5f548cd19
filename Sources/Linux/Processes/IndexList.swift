/// A list of processors or memory nodes as the kernel writes it: `0-3,7`.
public struct IndexList: Hashable, Sendable {
    /// The numbers.
    public let numbers: Set<Int>

    /// Reads `0-3,7`; nil for anything else. No text at all is no number.
    public init?(parsing text: String) {
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: !text.contains(",")) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = bounds[0], let last = bounds[bounds.count - 1], bounds.count <= 2 else { return nil }
            guard first >= 0, first <= last, last < 1 << 13 else { return nil }
            numbers.formUnion(first...last)
        }
        self.numbers = numbers
    }

    /// The processors that run; nil where the kernel does not say.
    public static var processors: IndexList? { read("/sys/devices/system/cpu/online") }

    /// The memory nodes that there are; nil where the kernel does not say.
    public static var memoryNodes: IndexList? { read("/sys/devices/system/node/online") }

    private static func read(_ path: String) -> IndexList? {
        guard let line = (try? lines(of: path))?.first else { return nil }
        return IndexList(parsing: String(line))
    }
}
