/// Values to JSON and back by their `Codable` conformances.
public enum JSON {
    /// The value as JSON with its members sorted by name, so that equal values give equal bytes.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> [UInt8] {
        try JSONValue(encoding: value).bytes(indentation: pretty ? 4 : nil)
    }

    /// Reads a value from a document.
    ///
    /// - Throws: ``JSONError`` for a text that is no JSON, `DecodingError` for one that does not fit.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: some Collection<UInt8>
    ) throws -> Value {
        try JSONValue(parsing: bytes).decode(type)
    }
}
