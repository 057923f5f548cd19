extension JSONValue {
    /// The document that stands for a value. Members are sorted by name; a nil property is left out.
    public init(encoding value: some Encodable) throws {
        let storage = Storage()
        try value.encode(to: JSONEncoding(storage: storage, codingPath: []))
        self = storage.value
    }

    /// A place that containers fill in; classes, as `Encoder` hands out the same place many times.
    fileprivate final class Storage {
        enum Content {
            case empty
            case single(JSONValue)
            case keyed([(name: String, storage: Storage)])
            case unkeyed([Storage])
        }

        var content = Content.empty

        var value: JSONValue {
            switch content {
            case .empty: return .object([])
            case .single(let value): return value
            case .unkeyed(let elements): return .array(elements.map(\.value))
            case .keyed(let members):
                return .object(members.sorted { $0.name < $1.name }.map { Member($0.name, $0.storage.value) })
            }
        }

        func member(_ name: String) -> Storage {
            let storage = Storage()
            guard case .keyed(var members) = content else {
                content = .keyed([(name, storage)])
                return storage
            }
            content = .empty
            members.append((name, storage))
            content = .keyed(members)
            return storage
        }

        func element() -> Storage {
            let storage = Storage()
            guard case .unkeyed(var elements) = content else {
                content = .unkeyed([storage])
                return storage
            }
            content = .empty
            elements.append(storage)
            content = .unkeyed(elements)
            return storage
        }
    }
}

private struct JSONEncoding: Encoder {
    let storage: JSONValue.Storage
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .empty = storage.content { storage.content = .keyed([]) }
        return KeyedEncodingContainer(KeyedJSONEncoding(storage: storage, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .empty = storage.content { storage.content = .unkeyed([]) }
        return UnkeyedJSONEncoding(storage: storage, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONEncoding: SingleValueEncodingContainer {
    func encodeNil() { storage.content = .single(.null) }
    func encode(_ value: Bool) { storage.content = .single(.bool(value)) }
    func encode(_ value: String) { storage.content = .single(.string(value)) }
    func encode(_ value: Double) { storage.content = .single(.number(value)) }
    func encode(_ value: Float) { storage.content = .single(.number(Double(value))) }

    func encode<Value: Encodable>(_ value: Value) throws {
        // Asking what protocols a type conforms to takes far longer than all else here.
        guard let document = value as? JSONValue else { return try value.encode(to: self) }
        storage.content = .single(document)
    }

    func encode(_ value: Int) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: Int8) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: Int16) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: Int32) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: Int64) { storage.content = .single(.integer(value)) }
    func encode(_ value: UInt) { encode(UInt64(value)) }
    func encode(_ value: UInt8) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: UInt16) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: UInt32) { storage.content = .single(.integer(Int64(value))) }
    func encode(_ value: UInt64) {
        storage.content = .single(Int64(exactly: value).map(JSONValue.integer) ?? .unsigned(value))
    }
}

private struct KeyedJSONEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let storage: JSONValue.Storage
    let codingPath: [any CodingKey]

    private func member(_ key: any CodingKey) -> JSONEncoding {
        JSONEncoding(storage: storage.member(key.stringValue), codingPath: codingPath + [key])
    }

    func encodeNil(forKey key: Key) { member(key).encodeNil() }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try member(key).encode(value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { member(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { member(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { JSONEncoding(storage: storage.member("super"), codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

private struct UnkeyedJSONEncoding: UnkeyedEncodingContainer {
    let storage: JSONValue.Storage
    let codingPath: [any CodingKey]

    var count: Int {
        guard case .unkeyed(let elements) = storage.content else { return 0 }
        return elements.count
    }

    private func element() -> JSONEncoding { JSONEncoding(storage: storage.element(), codingPath: codingPath) }

    func encodeNil() { element().encodeNil() }
    func encode<Value: Encodable>(_ value: Value) throws { try element().encode(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        element().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
    func superEncoder() -> any Encoder { element() }
}
