/// How much a text may ask for.
///
/// Nesting is bounded because everything that walks a tree recurses; what aliases expand to is bounded because
/// each may double it.
public struct ParsingLimits: Sendable, Hashable {
    /// Bytes of text.
    public var length = 16 << 20
    /// Collections within collections.
    public var depth = 256
    /// Nodes that aliases stand for, in one stream.
    public var aliasedNodes = 100_000

    /// The usual limits.
    public init() {}
}

extension Node {
    /// Reads the documents of a YAML text; an empty text has none.
    ///
    /// `file` is what marks call the text.
    public static func documents(
        in text: [UInt8],
        file: String,
        limits: ParsingLimits = ParsingLimits()
    ) throws(YAMLError) -> [Node] {
        guard text.count <= limits.length else {
            throw YAMLError(.tooLong(limit: limits.length), at: Mark(file: file, line: 1, column: 1))
        }
        let outcome: Result<[Node], YAMLError> = text.withUnsafeBufferPointer { buffer in
            var composer = Composer(EventReader(buffer, file: file), limits: limits)
            do throws(YAMLError) {
                return .success(try composer.documents())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
