import Linux

/// A path below the root of a tree: names alone, so that it leads nowhere else. The empty path is the root.
struct TreePath: Hashable, Sendable {
    var names: [FileName]

    static let root = TreePath([])

    init(_ names: some Sequence<FileName>) {
        self.names = Array(names)
    }

    /// Reads text with slashes; `.` and `..` are carried out, and never above the root.
    init(clamping text: some Collection<UInt8>) throws {
        names = []
        for component in text.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
            guard !component.elementsEqual("..".utf8) else {
                _ = names.popLast()
                continue
            }
            guard let name = FileName(component) else {
                throw BuilderError(.badPath(String(decoding: Array(text), as: UTF8.self)))
            }
            names.append(name)
        }
    }

    init(clamping text: String) throws {
        try self.init(clamping: Array(text.utf8))
    }

    var isRoot: Bool { names.isEmpty }
    var last: FileName? { names.last }
    var parent: TreePath { TreePath(names.dropLast()) }

    func appending(_ name: FileName) -> TreePath { TreePath(names + [name]) }
}

extension TreePath: CustomStringConvertible {
    /// Names with slashes between them, and none before.
    var description: String { names.map(\.description).joined(separator: "/") }
}
